// ruleid: text-as-markup
panel.innerHTML = answer;
// ruleid: text-as-markup
panel.insertAdjacentHTML("beforeend", answer);
// ruleid: text-as-markup
document.write(answer);
// ruleid: text-as-markup
eval(answer);
// ruleid: text-as-markup
new Function(answer)();
// ruleid: text-as-markup
setTimeout("go()", 10);
// ok: text-as-markup
panel.textContent = answer;
// ok: text-as-markup
setTimeout(go, 10);
