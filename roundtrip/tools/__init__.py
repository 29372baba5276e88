"""Where tools come from and how they run. Which calls may run is the loop's business."""
