// What pages do beyond htmx: follow what happens, keys, themes, dialogs. Each of it is an extra: every page works without.
'use strict';
(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const cookie = (name, value) => {
    document.cookie = `${name}=${value}; Path=/; SameSite=Lax; Max-Age=${value ? 31536000 : 0}`;
  };

  // ---- live: one stream for the tab that is looked at

  const QUIET = 40000; // a beat comes every 15 s: after this, the stream is dead whatever the browser thinks
  const live = $('#live');
  let stream, lostAt, lastId, watch, timer, wanted = new Set();

  const say = (state, text) => {
    live.dataset.state = state;
    live.textContent = text;
  };
  const now = () => new Date().toTimeString().slice(0, 5);
  const heard = () => {
    clearTimeout(watch);
    watch = setTimeout(() => { lose(); close(); connect(); }, QUIET);
    lostAt = null;
    say('live', 'live');
  };
  const lose = () => {
    lostAt = lostAt || now();
    say('lost', `reconnecting since ${lostAt}`);
  };
  // Elements fetch themselves anew, not all readers at one moment, and at most once a second.
  const changed = (name) => {
    wanted.add(name);
    timer = timer || setTimeout(() => {
      const names = wanted;
      wanted = new Set();
      names.forEach((name) => document.body.dispatchEvent(new CustomEvent(name)));
      timer = setTimeout(() => { timer = null; if (wanted.size) changed(wanted.values().next().value); }, 900);
    }, 50 + Math.random() * 150);
  };
  const close = () => {
    clearTimeout(watch);
    if (stream) stream.close();
    stream = null;
  };
  const connect = () => {
    if (stream || document.hidden) return;
    stream = new EventSource(`/live?after=${lastId || live.dataset.after}`);
    stream.onopen = heard;
    stream.onmessage = (message) => {
      heard();
      lastId = message.lastEventId;
      const event = JSON.parse(message.data);
      changed('dfa:changed');
      if (event.process_id) changed(`dfa:task-${event.process_id}`);
    };
    stream.addEventListener('beat', heard);
    // What happened in between is not known there: everything is asked for anew.
    stream.addEventListener('missed', () => { heard(); changed('dfa:changed'); changed('dfa:missed'); });
    stream.onerror = () => {
      // A browser tries again by itself, unless it was refused.
      if (stream && stream.readyState === EventSource.CLOSED) {
        close();
        say('stopped', 'stopped: reload');
        setTimeout(connect, 5000);
      } else {
        lose();
      }
    };
  };
  if (live) {
    connect();
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) { close(); return; }
      lostAt = lostAt || now();
      connect();
    });
    // A page that is kept for going back must not keep its stream.
    addEventListener('pagehide', close);
    addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
  }

  // ---- how it looks

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-theme-switch]');
    if (!button) return;
    event.preventDefault();
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
    cookie('dfa_theme', root.dataset.theme);
  });
  all('[data-zone-mine]').forEach((button) => {
    button.value = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
    button.hidden = false;
  });

  // ---- dialogs: what asks before it acts

  const dialog = $('#dialog'), keys = $('#keys');
  document.addEventListener('htmx:after:swap', (event) => {
    const target = event.detail.ctx && event.detail.ctx.target;
    if (dialog && target && target.id === 'dialog-body' && !dialog.open) dialog.showModal();
  });
  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-close]') && dialog && dialog.open) { event.preventDefault(); dialog.close(); }
    if (event.target.closest('[data-keys]')) keys.showModal();
    const copy = event.target.closest('[data-copy]');
    if (copy) navigator.clipboard.writeText($(copy.dataset.copy).textContent).then(() => { copy.textContent = 'Copied'; });
  });
  all('[data-keys]').forEach((button) => { button.hidden = false; });
  document.addEventListener('change', (event) => {
    const form = event.target.closest('form[data-follow]');
    if (form && event.target.matches('select, input[type=checkbox], input[type=date]')) form.requestSubmit();
  });

  // ---- keys: none acts by itself

  const rows = () => all('tr[data-row]').filter((row) => row.offsetParent);
  const move = (step) => {
    const list = rows();
    if (!list.length) return;
    const place = list.indexOf(document.activeElement.closest('tr[data-row]'));
    const row = list[Math.min(list.length - 1, Math.max(0, place < 0 ? (step > 0 ? 0 : list.length - 1) : place + step))];
    row.tabIndex = -1;
    row.focus();
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches('input, select, textarea')) {
      if (event.key === 'Escape') event.target.blur();
      return;
    }
    if (document.querySelector('dialog[open]')) return;
    const row = event.target.closest && event.target.closest('tr[data-row]');
    if (event.key === '/') { const box = $('#q'); if (box) { event.preventDefault(); box.focus(); box.select(); } }
    else if (event.key === 'j') move(1);
    else if (event.key === 'k') move(-1);
    else if (event.key === '?' && keys) keys.showModal();
    else if (event.key === 'Enter' && event.target === row) { const link = $('a:not(.fold)', row); if (link) link.click(); }
    else if (event.key === 'r') { const run = $('[data-run]', row || document); if (run) run.click(); }
  });
})();
