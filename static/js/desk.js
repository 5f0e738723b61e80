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

  // A list to choose from takes the name of the field it stands for.
  const nameChoices = () => document.querySelectorAll("select.admin-autocomplete").forEach((select) => {
    const label = text(select.labels[0]);
    const drawn = select.nextElementSibling?.querySelector(".select2-selection");
    if (label && drawn && !drawn.hasAttribute("aria-label")) drawn.setAttribute("aria-label", label);
  });

  // What is searched in, while such a list is open. select2 says so to nobody but scripts in jQuery.
  const nameOpened = () => {
    const search = document.querySelector(".select2-container--open .select2-search__field");
    if (search) search.setAttribute("aria-label", "Search");
    const list = document.querySelector(".select2-container--open .select2-results__options");
    if (list && !list.hasAttribute("aria-label")) list.setAttribute("aria-label", "Choices");
  };

  const nameAll = () => { nameDates(); namePictures(); nameChoices(); };
  window.addEventListener("load", () => {
    nameAll();
    window.django?.jQuery?.(document).on("formset:added", nameAll).on("select2:open", nameOpened);
  });
})();
