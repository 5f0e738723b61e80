// StackPick works without this file. With it: focus goes where the news is after
// a swap, a failed request says so, links can be copied, limits count down.
(() => {
  "use strict";

  const status = document.getElementById("net-status");
  // Of two troubles the answers' own is told: a panel that fails or succeeds later never hides it.
  const troubles = { answers: "", panel: "" };
  const say = (about, text) => {
    troubles[about] = text;
    const told = troubles.answers || troubles.panel;
    if (status && status.textContent !== told) status.textContent = told;
  };
  const UNSENT = "Not saved: the connection failed. Your answers are still on this page; try again.";
  const UNANSWERED = "Not saved: the site did not answer properly. Your answers are still on this page; try again.";
  const STILL = "What stands beside the questions is not up to date: the site did not answer. Your answers are still on this page.";

  const reveal = (root) => root.querySelectorAll("[data-copy][hidden]").forEach((button) => { button.hidden = false; });

  const focusNews = (page) => {
    const asked = document.getElementById(location.hash.slice(1));
    const news = page.querySelector(".error-summary, [data-focus]") || (page.contains(asked) && asked) || page.querySelector("h1");
    if (!news) return;
    if (!news.hasAttribute("tabindex")) news.tabIndex = -1;
    if (news.tagName === "H1") window.scrollTo(0, 0);
    news.focus({ preventScroll: news.tagName === "H1" });
  };

  // ---- Swaps. htmx reports each swapped element: once a request is enough. ----
  let settled = null;
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    reveal(document);
    if (!detail.xhr || detail.xhr === settled || !["page", "what-if"].includes(detail.target.id)) return;
    settled = detail.xhr;
    focusNews(detail.target);
  });
  document.addEventListener("htmx:historyRestore", () => reveal(document));

  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    // A gateway's own error page would replace the answers that were typed: keep them.
    if (detail.xhr.status >= (detail.target.id === "page" ? 502 : 400)) detail.shouldSwap = false;
    // A whole document where a fragment was due (an error page): take its inside.
    else if (detail.target.id === "page" && /<main id="page"/.test(detail.serverResponse)) detail.selectOverride = "#page > *";
  });

  // What stays the same is not said again, and nothing moves from under whoever is on it.
  document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
    const { target, fragment } = detail;
    const isHeld = target.contains(document.activeElement);
    if (isHeld || target.innerHTML === fragment.innerHTML) detail.shouldSwap = false;
    target.waiting = isHeld ? fragment : null;
  });
  document.addEventListener("focusout", ({ target, relatedTarget }) => {
    const place = target.closest(".suggest");
    if (!place || !place.waiting || place.contains(relatedTarget)) return;
    place.replaceChildren(...place.waiting.childNodes);
    place.waiting = null;
  });

  // ---- Connection ----
  const about = (detail) => detail.target.id === "page" ? "answers" : "panel"; // it stands beside them
  const failed = ({ detail }) => say(about(detail), about(detail) === "panel" ? STILL : UNSENT);
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:timeout", failed);
  // Asked too often: it says so, waits as long as it was told to, and goes on by itself.
  let waiting = 0;
  const wait = (seconds) => {
    const time = seconds < 100 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`;
    say("panel", `What stands beside the questions waits ${time}: your internet address asked for it too often. Your answers are still on this page.`);
    clearTimeout(waiting);
    waiting = setTimeout(() => document.querySelector("#step-form, #what-if-form")?.dispatchEvent(new Event("input")), seconds * 1000);
  };
  document.addEventListener("htmx:responseError", ({ detail }) => {
    if (about(detail) === "panel" && detail.xhr.status === 429) wait(Number(detail.xhr.getResponseHeader("Retry-After")) || 60);
    else if (about(detail) === "panel") say("panel", STILL);
    else if (detail.xhr.status >= 502) say("answers", UNANSWERED);
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (!detail.successful) return;
    say("panel", "");
    if (about(detail) === "answers") say("answers", "");
  });

  // ---- Copy: <button data-copy="id of an input" hidden> ----
  const copy = async (button) => {
    const field = document.getElementById(button.dataset.copy);
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.select(); // takes the focus, so only where it is needed
      if (!document.execCommand("copy")) return; // left selected, to copy by hand
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = label; }, 2000);
  };
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-copy], .chip");
    if (!button) return;
    if (button.matches(".chip")) take(button);
    else if (button.textContent !== "Copied") copy(button);
  });

  // ---- Suggested kinds: <button class="chip" value="kind">, for the first list in its row ----
  const take = (chip) => {
    const list = chip.closest("fieldset").querySelector("select");
    list.value = chip.ariaPressed === "true" ? "" : chip.value; // once more gives it back
    for (const each of chip.closest(".suggest").querySelectorAll(".chip")) each.ariaPressed = each.value === list.value;
    list.dispatchEvent(new Event("input", { bubbles: true }));
  };

  // ---- Limits: <input data-limit="140" aria-describedby="hint">, <span class="limit" id="hint"> ----
  const count = (field) => {
    const ids = (field.getAttribute("aria-describedby") || "").split(" ");
    const hint = ids.map((id) => document.getElementById(id)).find((node) => node && node.matches(".limit"));
    if (!hint) return;
    const limit = Number(field.dataset.limit);
    const left = limit - [...field.value].length; // code points, as the server counts
    const near = left <= Math.max(10, limit / 5);
    hint.dataset.text ??= hint.textContent;
    hint.setAttribute("aria-live", "polite");
    hint.classList.toggle("near", near && left >= 0);
    hint.classList.toggle("over", left < 0);
    const characters = Math.abs(left) === 1 ? "character" : "characters";
    hint.textContent = !near ? hint.dataset.text : left < 0 ? `${-left} ${characters} too many` : `${left} ${characters} left`;
  };
  let typing = 0;
  document.addEventListener("input", ({ target }) => {
    if (!target.matches("[data-limit]")) return;
    clearTimeout(typing);
    typing = setTimeout(() => count(target), 250); // not a word a keystroke to a screen reader
  });

  reveal(document);
  document.querySelector(".error-summary")?.focus();
})();
