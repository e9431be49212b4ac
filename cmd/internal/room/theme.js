"use strict";
// Before anything is drawn: the theme that was chosen the last time. A page that was opened from a disk may remember nothing.
try {
  const theme = localStorage.getItem("coffer-theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {}
