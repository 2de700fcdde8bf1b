// Comfort only: everything on the page works without this file.
"use strict";
(() => {
  const forms = [...document.querySelectorAll("form[method=post]")].filter((form) => form.querySelector(".working"));
  const KEY = "risk-screen-unsent";
  const keep = (value) => { try { window.sessionStorage.setItem(KEY, value); } catch (error) { /* full or forbidden */ } };
  const kept = () => { try { return window.sessionStorage.getItem(KEY); } catch (error) { return null; } };
  const fieldsOf = (form) => [...form.querySelectorAll("textarea, input[type=text]")];

  const show = (channel) => {
    for (const form of forms) form.hidden = form.id !== channel;
    for (const tab of document.querySelectorAll(".tabs a")) {
      if (tab.dataset.channel === channel) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
  };

  const count = (form) => {
    const counter = form.querySelector(".count");
    if (!counter) return;
    const text = fieldsOf(form)[0].value;
    const most = Number(counter.dataset.most);
    const length = text.length - (text.match(/[\ud800-\udbff](?=[\udc00-\udfff])/g) || []).length;
    const number = (n) => n.toLocaleString("zh-CN");
    counter.textContent = length > most
      ? `已有 ${number(length)} 字，超过上限 ${number(most)} 字，请分段。`
      : `已有 ${number(length)} 字，最多 ${number(most)} 字。`;
  };

  for (const tab of document.querySelectorAll(".tabs a")) {
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      show(tab.dataset.channel);
    });
  }

  for (const link of document.querySelectorAll(".examples a")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const form = link.closest("form");
      for (const field of fieldsOf(form)) {
        field.value = link.getAttribute(`data-${field.name.replace("_", "-")}`) || "";
      }
      count(form);
      form.querySelector("button").focus();
    });
  }

  for (const form of forms) {
    const button = form.querySelector("button");
    const status = form.querySelector(".working");
    form.addEventListener("input", () => count(form));
    form.addEventListener("submit", (event) => {
      if (button.hasAttribute("aria-disabled")) return event.preventDefault();
      const typed = Object.fromEntries(fieldsOf(form).map((field) => [field.name, field.value]));
      keep(JSON.stringify({ channel: form.id, typed }));
      if (navigator.onLine === false) {
        event.preventDefault();
        status.textContent = "现在没有网络，文字已留在这台手机上。有信号后再点一次。";
        return undefined;
      }
      button.setAttribute("aria-disabled", "true");
      status.textContent = "正在筛查……";
      return undefined;
    });
    if (fieldsOf(form).some((field) => field.value)) count(form);
  }

  window.addEventListener("pageshow", () => {
    for (const form of forms) {
      form.querySelector("button").removeAttribute("aria-disabled");
      form.querySelector(".working").textContent = "";
    }
  });

  const answer = document.getElementById("result");
  if (answer && window.location.hash === "#result") {
    keep("");
    answer.focus({ preventScroll: true });
    answer.scrollIntoView();
  } else if (forms.length) {
    const unsent = JSON.parse(kept() || "null");
    const form = unsent && document.getElementById(unsent.channel);
    if (form && !fieldsOf(form).some((field) => field.value)) {
      for (const field of fieldsOf(form)) field.value = unsent.typed[field.name] || "";
      show(form.id);
      count(form);
      window.addEventListener("pageshow", () => {
        form.querySelector(".working").textContent = "上次没有送出的文字已经恢复，可以再点一次筛查。";
      });
    }
  }

  const code = document.querySelector("[data-from-link]");
  if (code && window.location.hash.length > 1) {
    code.value = window.location.hash.slice(1);
    window.history.replaceState(null, "", window.location.pathname);
  }

  window.addEventListener("beforeprint", () => {
    for (const folded of document.querySelectorAll(".result details")) folded.open = true;
  });
})();
