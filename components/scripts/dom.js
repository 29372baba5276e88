// Small elements, figures as words, and copying.

function icon(name) {
  const made = element("i", "icon", name);
  made.setAttribute("aria-hidden", "true");
  return made;
}

function button(className, text, onClick) {
  const made = element("button", className, text);
  made.type = "button";
  made.addEventListener("click", onClick);
  return made;
}

function countText(value) {
  return value === null || value === undefined ? "unknown" : value.toLocaleString("en-US");
}

function secondsText(value) {
  if (value === null || value === undefined) return "unknown";
  return value < 10 ? `${value.toFixed(2)} s` : `${value.toFixed(1)} s`;
}

function moneyText(usd) {
  if (usd === null || usd === undefined) return "unknown";
  if (usd === 0 || usd >= 1) return `$${usd.toFixed(2)}`;
  const digits = Math.min(8, 1 - Math.floor(Math.log10(usd))); // two that are not zero
  return `$${usd.toFixed(Math.max(2, digits))}`;
}

function sizeText(bytes) {
  const exact = `${countText(bytes)} bytes`;
  if (bytes < 10_000) return exact;
  const short = bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
  return `${short} (${exact})`;
}

async function copyText(text) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = element("textarea"); // plain http from another machine has no clipboard API
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied) throw new Error("the browser does not allow copying");
}
