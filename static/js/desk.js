// The desk works without this file. With it: what the stock admin's scripts draw has the names
// that somebody who cannot see it needs.
(() => {
  "use strict";

  const text = (node) => (node ? node.textContent.replace(/[:\s]+/g, " ").trim() : "");

  // A date and its time are two fields with one label, and the label belongs to neither.
  const nameDates = () => document.querySelectorAll("p.datetime").forEach((both) => {
    const label = text(both.closest(".form-row")?.querySelector("label, legend"));
    both.querySelectorAll("input").forEach((input) => {
      input.setAttribute("aria-label", `${label}, ${input.classList.contains("vTimeField") ? "time" : "date"}`);
    });
  });

  // Icons that are labelled as pictures, and are not said to be pictures.
  const namePictures = () => document.querySelectorAll("span[aria-label]:not([role])").forEach((icon) => {
    icon.setAttribute("role", "img");
  });

  // Calendars and clocks hang below the page, outside all its landmarks.
  const nameCalendars = () => document.querySelectorAll(".calendarbox, .clockbox").forEach((box) => {
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", box.classList.contains("calendarbox") ? "Choose a date" : "Choose a time");
  });

  // A list to choose from takes the name of the field it stands for.
  const nameChoices = () => document.querySelectorAll("select.admin-autocomplete").forEach((select) => {
    const label = text(select.labels[0]);
    const drawn = select.nextElementSibling?.querySelector(".select2-selection");
    if (label && drawn && !drawn.hasAttribute("aria-label")) drawn.setAttribute("aria-label", label);
  });

  // While such a list is open: what is searched in, where it stands, and what it belongs to.
  const nameOpened = () => {
    const opened = document.querySelector("body > .select2-container--open");
    if (!opened) return;
    opened.setAttribute("role", "region");
    opened.setAttribute("aria-label", "Choices");
    opened.querySelector(".select2-search__field")?.setAttribute("aria-label", "Search");
    const list = opened.querySelector(".select2-results__options");
    list.setAttribute("aria-label", "Choices");
    document.querySelector(".select2-selection[aria-expanded=true]")?.setAttribute("aria-controls", list.id);
  };
  const closed = () => document.querySelectorAll(".select2-selection[aria-controls]").forEach((drawn) => {
    drawn.removeAttribute("aria-controls");
  });

  // What scrolls sideways can be reached with keys, and says what it is.
  const scrollers = new ResizeObserver((seen) => seen.forEach(({ target }) => {
    const scrolls = target.scrollWidth > target.clientWidth;
    if (!scrolls) return ["tabindex", "role", "aria-label"].forEach((name) => target.removeAttribute(name));
    const heading = target.querySelector("caption") || target.closest("section, fieldset, main")?.querySelector("h1, h2, h3");
    target.tabIndex = 0;
    target.setAttribute("role", "group");
    target.setAttribute("aria-label", text(heading) || "Table");
  }));
  document.querySelectorAll(".desk-scroll, #changelist-form .results, #change-history").forEach((each) => scrollers.observe(each));

  const nameAll = () => { nameDates(); nameCalendars(); namePictures(); nameChoices(); };
  window.addEventListener("load", () => {
    nameAll();
    window.django?.jQuery?.(document).on("formset:added", nameAll).on("select2:open", nameOpened).on("select2:close", closed);
  });
})();
