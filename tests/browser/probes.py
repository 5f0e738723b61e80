"""Questions to put to a page with `evaluate`; each answers with what is wrong, as a list."""

TOO_WIDE = """() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const wide = [...document.querySelectorAll("body *")].filter((node) =>
    node.getBoundingClientRect().right > clientWidth && !node.closest(".scroll-x"));
  return [`${scrollWidth} > ${clientWidth}`,
    ...wide.slice(0, 3).map((node) => node.outerHTML.slice(0, 120))];
}"""
MOVING = """() => {
  const moves = (style) => [style.transitionDuration, style.animationDuration]
    .some((all) => all.split(", ").some((one) => parseFloat(one) > 0));
  const wrong = [...document.querySelectorAll("*")].filter((node) =>
    [null, "::before", "::after"].some((part) => moves(getComputedStyle(node, part))));
  return [...wrong.map((node) => node.outerHTML.slice(0, 120)),
    ...document.getAnimations().map((each) => `running: ${each.transitionProperty}`)];
}"""
UNREADABLE = """() => {
  const seen = (node) => node.checkVisibility() && node.getBoundingClientRect().width > 0;
  const headings = [...document.querySelectorAll("main h1")].filter(seen);
  const wrong = headings.length === 1 && headings[0].innerText.trim()
    ? [] : [`${headings.length} main headings`];
  const controls = document.querySelectorAll("main :is(input, select, textarea, button)");
  for (const control of controls) {
    if (control.type === "hidden" || control.closest("[hidden], details:not([open])")) continue;
    // some are there only where scripts run, and some only where they do not
    if (control.closest(matchMedia("(scripting: enabled)").matches
      ? ".spare, .no-htmx" : ".add-row, .remove-row, .suggest")) continue;
    const says = control.tagName === "BUTTON" ? [control] : [...control.labels].filter(seen);
    const named = control.ariaLabel || says.map((node) => node.innerText).join("").trim();
    if (!seen(control) || !named) wrong.push(control.outerHTML.slice(0, 120));
  }
  for (const image of document.images) {
    if (!image.hasAttribute("alt")) wrong.push(image.outerHTML.slice(0, 120));
  }
  return wrong;
}"""
# Forced colours leave drawings alone: their words, and something of their shapes, have to
# stand out from the paper, which is black or white.
LOST_ON_THE_PAPER = """() => {
  const light = (colour) => {
    if (!colour.startsWith("rgb")) return null;
    const [red, green, blue, alpha = 1] = colour.match(/[\\d.]+/g).map(Number);
    return alpha > 0 ? (red + green + blue) / 765 : null;
  };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  const stands = (colour) => {
    const own = light(colour);
    return own !== null && Math.abs(own - paper) > 0.3;
  };
  const drawn = (node) => {
    const { fill, stroke } = getComputedStyle(node);
    return stands(fill) || stands(stroke);
  };
  const framed = (node) => {
    const style = getComputedStyle(node);
    return stands(style.borderBottomColor) && parseFloat(style.borderBottomWidth) > 0;
  };
  const visible = (all) => [...document.querySelectorAll(all)].filter((node) =>
    node.checkVisibility());
  const shapes = "circle, line, path, polygon, polyline, rect, text";
  const fields = "main :is([type=text], select, textarea, button.btn:not(.btn-link), a.btn)";
  return [
    ...visible("svg text").filter((node) => !drawn(node)),
    ...visible("svg").filter((node) => ![...node.querySelectorAll(shapes)].some(drawn)),
    ...visible(fields).filter((node) => !framed(node)),
  ].map((node) => node.outerHTML.slice(0, 120));
}"""
