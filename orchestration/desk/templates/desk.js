// The desk's keys, the running difference, and what is asked of the server. It decides nothing.
"use strict";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const byId = id => document.getElementById(id);
const MOVES = [["j", "Next row"], ["k", "Row before"], ["h", "Bank's side"], ["l", "Books' side"], ["Space", "Pick"], ["Enter", "Open, decide"], ["Esc", "Leave"]];

// Amounts are whole numbers of a hundred-thousandth, as the books have them, so nothing is rounded.
const DECIMALS = 5;
function units(text) {
  const [, sign, whole, part = ""] = /^(-?)(\d+)(?:\.(\d{1,5}))?$/.exec(text);
  return BigInt(sign + whole + part.padEnd(DECIMALS, "0"));
}
function plain(amount, least = 0) {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(DECIMALS + 1, "0");
  const part = digits.slice(-DECIMALS).replace(/0+$/, "").padEnd(least, "0");
  return (amount < 0n ? "-" : "") + digits.slice(0, -DECIMALS) + (part && "." + part);
}
function figure(amount, decimals) {
  const [whole, part] = plain(amount, Number(decimals)).replace("-", "\u2212").split(".");
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? "." + part : "");
}

// What is picked stays while one filters and pages, in this tab.
const tray = byId("tray");
const box = tray && `picked ${tray.dataset.account}`;
let picked = tray ? JSON.parse(sessionStorage.getItem(box) || "[]") : [];

function left() {
  const sums = new Map();
  for (const item of picked) {
    const amount = units(item.amount);
    sums.set(item.currency, (sums.get(item.currency) || 0n) + (item.side === "bank" ? amount : -amount));
  }
  return sums;
}

function showPicked() {
  sessionStorage.setItem(box, JSON.stringify(picked));
  const ids = new Set(picked.map(item => item.item));
  for (const input of all("input[data-item]")) {
    input.checked = ids.has(input.dataset.item);
    input.closest("tr").classList.toggle("picked", input.checked);
  }
  const counts = side => picked.filter(item => item.side === side).length;
  const sums = [...left()].map(([currency, sum]) => `${figure(sum, picked[0].decimals)} ${currency}`);
  byId("sum").value = picked.length
    ? `Picked ${counts("bank")} of the bank, ${counts("ledger")} of the books. Left: ${sums.join(", ")}`
    : "Nothing is picked.";
  byId("picked").replaceChildren(...picked.map(item => {
    const line = document.createElement("li");
    line.textContent = `${item.label} `;
    const button = line.appendChild(document.createElement("button"));
    button.textContent = "Remove";
    button.setAttribute("aria-label", `Remove ${item.label}`);
    button.addEventListener("click", () => unpick(item.item));
    return line;
  }));
  for (const button of all(".buttons button", tray)) {
    button.disabled = picked.length < (button.dataset.decision === "match" ? 2 : 1);
  }
}

function unpick(id) {
  picked = picked.filter(each => each.item !== id);
  showPicked();
}
function pick(input) {
  const { item, side, currency, amount, decimals } = input.dataset;
  if (!input.checked) return unpick(item);
  picked.push({ item, side, currency, amount, decimals, label: input.getAttribute("aria-label") });
  showPicked();
}

// The dialog says what is about to be done and asks why; `wanted` is what goes to the server.
const ask = byId("ask");
let asking = null;
function open(button) {
  const { decision, takeBack, what, reason = "" } = button.dataset;
  const title = button.textContent.trim();
  let wanted = { decision };
  if (takeBack) wanted = { decision_id: takeBack };
  else if (button.dataset.suggestion) wanted = { suggestion: button.dataset.suggestion };
  else if (button.dataset.atLeast) {
    wanted = { at_least: button.dataset.atLeast, count: Number(button.dataset.count), account: button.dataset.account };
  } else if (button.dataset.subject) {
    wanted.subjects = [button.dataset.subject];
    if (button.dataset.with) wanted.subjects.push(byId(button.dataset.with).value);
    if (button.dataset.count) wanted.count = Number(button.dataset.count);
  } else {
    wanted.subjects = picked.map(item => item.item);
    if (decision === "exclude") wanted.are_items = true;
    if (decision === "match") wanted.sums = Object.fromEntries([...left()].map(([currency, sum]) => [currency, plain(sum)]));
  }
  asking = { address: takeBack ? "/take-back" : "/decide", wanted, picks: !what };
  byId("ask-title").textContent = title;
  const chosen = button.dataset.with ? ` ${byId(button.dataset.with).selectedOptions[0].text}` : "";
  const ofPicked = () => [button.dataset.note || byId("sum").value, picked.map(item => item.label).join("; ")].join(". ");
  byId("ask-what").textContent = what ? what + chosen : ofPicked();
  byId("ask-problem").textContent = "";
  byId("ask-reason").value = "atOnce" in button.dataset ? "Taken back" : reason;
  const ends = decision === "snooze" || decision === "accept";
  byId("ask-until").hidden = !ends;
  byId("ask-until-on").value = "";
  byId("ask-until-on").required = decision === "snooze";
  byId("ask-until-note").textContent = decision === "accept" ? "Without a date it ends as the policy says." : "";
  ask.showModal();
  byId("ask-reason").select();
}

async function post(address, wanted) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ books: document.body.dataset.books, ...wanted }),
  }).catch(() => null);
  if (answer === null) throw new Error("The desk does not answer: is it still running?");
  if (answer.status === 403) throw new Error("This desk was started anew: open the address that it printed.");
  const said = await answer.json();
  if (said.error) throw new Error(said.error);
  return said.done;
}

ask.addEventListener("submit", async event => {
  event.preventDefault();
  const button = ask.querySelector("[type=submit]");
  button.disabled = true;
  try {
    const { address, wanted, picks } = asking;
    const reason = byId("ask-reason").value;
    const done = await post(address, { ...wanted, reason, until_on: byId("ask-until-on").value || null });
    if (picks) sessionStorage.setItem(box, "[]");
    again(done);
  } catch (error) {
    byId("ask-problem").textContent = error.message;
  } finally {
    button.disabled = false;
  }
});
byId("ask-cancel").addEventListener("click", () => ask.close());

// The page is loaded again where it was, and says what was done.
const rows = () => all("[data-row]:not(:disabled)").filter(row => row.checkVisibility());
let last = -1;
document.addEventListener("focusin", event => {
  if (event.target.matches("[data-row]")) last = rows().indexOf(event.target);
});
function again(done) {
  sessionStorage.setItem("done", JSON.stringify({ said: `${done}.`, last, page: location.href }));
  location.reload();
}

const isTyping = element => element.matches("input:not([type=checkbox]), select");

// A build goes on when this page is left, and is found again by the next one.
async function watch() {
  const shown = byId("progress");
  for (;;) {
    const answer = await fetch("/build").catch(() => null);
    if (!answer || !answer.ok) return;
    const { is_running, is_done, said } = await answer.json();
    byId("build").disabled = is_running;
    if (is_running || !shown.hidden) {
      shown.hidden = false;
      shown.textContent = said.join("\n");
      shown.scrollTop = shown.scrollHeight;
    }
    if (!is_running) {
      if (shown.hidden) return;
      if (is_done && !ask.open && !isTyping(document.activeElement)) again("Built");
      byId("told").textContent = is_done ? "Built: load the page again." : "The build failed, and its last lines say why.";
      return;
    }
    byId("told").textContent = "The bank is being built. What is decided from now on waits for the build after.";
    await new Promise(done => setTimeout(done, 500));
  }
}
async function build() {
  try {
    await post("/start-build", {});
    byId("progress").hidden = false;
    await watch();
  } catch (error) {
    byId("told").textContent = error.message;
  }
}

const help = byId("help");
function showHelp() {
  const does = all("[data-key]:not(#keys)").filter(each => each.checkVisibility()).map(each => [each.dataset.key, each.dataset.does || each.textContent.trim()]);
  byId("help-keys").replaceChildren(...[...MOVES, ...does].map(([key, text]) => {
    const line = document.createElement("div");
    const term = line.appendChild(document.createElement("dt"));
    term.appendChild(document.createElement("kbd")).textContent = key;
    line.appendChild(document.createElement("dd")).textContent = text;
    return line;
  }));
  help.showModal();
}

function move(by) {
  const active = document.activeElement;
  const near = rows().filter(row => !active.matches("[data-row]") || row.closest("[data-list]") === active.closest("[data-list]"));
  near[Math.min(Math.max(near.indexOf(active) + by, 0), near.length - 1)]?.focus();
}
function turnTo(side) {
  all(`#${side} [data-row]:not(:disabled)`)[0]?.focus();
}

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.altKey || event.metaKey || ask.open || help.open) return;
  if (event.key === "Escape") document.activeElement.blur();
  if (isTyping(event.target)) return;
  const moves = { j: () => move(1), k: () => move(-1), h: () => turnTo("bank"), l: () => turnTo("ledger") };
  const named = document.querySelector(`[data-key="${CSS.escape(event.key)}"]:not(:disabled)`);
  if (moves[event.key]) moves[event.key]();
  else if (named && named.matches("input")) named.select();
  else if (named) named.click();
  else return;
  event.preventDefault();
});
document.addEventListener("click", event => {
  const button = event.target.closest("button[data-decision], button[data-take-back]");
  if (button) open(button);
});
document.addEventListener("change", event => {
  if (event.target.matches("input[data-item]")) pick(event.target);
});
byId("keys")?.addEventListener("click", showHelp);
byId("build")?.addEventListener("click", build);
byId("clear")?.addEventListener("click", () => { picked = []; showPicked(); });
byId("fitting")?.addEventListener("click", () => {
  const [sum] = left().values();
  const form = document.querySelector("form.filters");
  form.elements.amount.value = plain(sum < 0n ? -sum : sum);
  form.submit();
});

if (tray) showPicked();
const done = JSON.parse(sessionStorage.getItem("done") || "null");
sessionStorage.removeItem("done");
if (done) {
  byId("told").textContent = done.said;
  if (done.page === location.href && done.last >= 0) rows()[Math.min(done.last, rows().length - 1)]?.focus();
}
if (byId("build")) watch();
