// The address the app is served under: pages lie beside each other below it, and only the page's
// own static files say where "below" begins when a base path is configured.
function appRoot() {
  for (const made of document.querySelectorAll("script[src], link[href]")) {
    const address = made.src || made.href;
    const at = address.indexOf("/static/");
    if (at > 0 && address.startsWith(window.location.origin)) return address.slice(0, at + 1);
  }
  return new URL(".", document.baseURI).href;
}
