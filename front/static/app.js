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
  let stream, lostAt, awaySince, lastId, watch, timer, wanted = new Set();

  const say = (state, text) => {
    live.dataset.state = state;
    live.textContent = text;
  };
  const now = () => new Date().toTimeString().slice(0, 5);
  const heard = () => {
    clearTimeout(watch);
    watch = setTimeout(() => { awaySince = null; lose(); close(); connect(); }, QUIET);
    if (awaySince) return;
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
    // The service is there, and its database is not: a beat does not make that a quiet night.
    stream.addEventListener('away', () => { awaySince = awaySince || now(); say('lost', `database away since ${awaySince}`); });
    stream.onmessage = (message) => {
      awaySince = null;
      heard();
      lastId = message.lastEventId;
      const event = JSON.parse(message.data);
      changed('dfa:changed');
      if (event.process_id) changed(`dfa:task-${event.process_id}`);
    };
    stream.addEventListener('beat', heard);
    // What happened in between is not known there: everything is asked for anew.
    stream.addEventListener('missed', () => { awaySince = null; heard(); changed('dfa:changed'); changed('dfa:missed'); });
    stream.onerror = () => {
      awaySince = null;
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

  // Code without the numbers of its lines.
  const textOf = (element) => {
    const bare = element.cloneNode(true);
    all('.no', bare).forEach((number) => number.remove());
    return bare.textContent;
  };
  const dialog = $('#dialog'), keys = $('#keys');
  document.addEventListener('htmx:after:swap', (event) => {
    const target = event.detail.ctx && event.detail.ctx.target;
    if (dialog && target && target.id === 'dialog-body' && !dialog.open) dialog.showModal();
  });
  // A link that asks opens what it leads to here; with another key or button it is a link like others.
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-ask]');
    if (!link || !dialog || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    htmx.ajax('GET', link.getAttribute('href'), { target: '#dialog-body', swap: 'innerHTML' });
  });
  // What will happen is asked for anew when what is asked for changes; what is typed stays.
  let asked = 0;
  document.addEventListener('change', (event) => {
    const form = event.target.closest('form[data-follows]');
    if (!form) return;
    const query = new URLSearchParams(new FormData(form));
    ['token', 'once', 'if_preview', 'seen'].forEach((name) => query.delete(name));
    const turn = ++asked;
    all('[data-part]', form).forEach((part) => part.setAttribute('aria-busy', 'true'));
    fetch(`${form.getAttribute('action')}?${query}`, { headers: { 'HX-Request': 'true', Accept: 'text/html' } })
      .then((answer) => answer.text())
      .then((text) => {
        if (turn !== asked || !form.isConnected) return;
        const now = new DOMParser().parseFromString(text, 'text/html');
        all('[data-part]', form).forEach((part) => {
          const next = $(`[data-part="${part.dataset.part}"]`, now), focused = part.contains(document.activeElement);
          if (!next) { part.removeAttribute('aria-busy'); return; }
          part.replaceWith(next);
          if (focused && $('button', next)) $('button', next).focus();
        });
      })
      .catch(() => unanswered(form, 'What will happen could not be asked for: the service did not answer.'));
  });
  // A form that got no answer says so: what was typed is still there.
  const unanswered = (form, text) => {
    const part = $('[data-part="preview"]', form) || form;
    let note = $('.unanswered', form);
    if (!note) { note = document.createElement('p'); note.className = 'note failed unanswered'; note.setAttribute('role', 'alert'); part.prepend(note); }
    note.textContent = text;
  };
  document.addEventListener('htmx:response:error', (event) => {
    const ctx = event.detail.ctx;
    if (!ctx || ![429, 500, 503].includes(ctx.response.status)) return;
    const form = ctx.sourceElement && ctx.sourceElement.closest('form.dialog');
    if (form) unanswered(form, 'The service cannot do this now: nothing was done. Try again in a moment.');
    // What cannot be shown in the dialog is shown as the page that it is.
    else if (ctx.target && ctx.target.id === 'dialog-body') location.href = ctx.request.action;
  });
  document.addEventListener('htmx:error', (event) => {
    const ctx = event.detail.ctx, form = ctx && ctx.sourceElement && ctx.sourceElement.closest('form.dialog');
    if (form) unanswered(form, 'The service did not answer. Look at Tasks before you try again: it may have been done.');
  });
  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-close]') && dialog && dialog.open) { event.preventDefault(); dialog.close(); }
    if (event.target.closest('[data-keys]')) keys.showModal();
    const copy = event.target.closest('[data-copy]');
    if (copy) navigator.clipboard.writeText(textOf($(copy.dataset.copy))).then(() => { copy.textContent = 'Copied'; });
  });
  // A table as it is seen, for a sheet: columns by tabs, rows by lines.
  document.addEventListener('click', (event) => {
    const copy = event.target.closest('[data-copy-table]');
    const table = copy && $(copy.dataset.copyTable);
    if (!table) return;
    const rows = [...table.rows].filter((row) => !row.classList.contains('under'));
    const text = rows.map((row) => [...row.cells].map((cell) => cell.innerText.replace(/\s+/g, ' ').trim()).join('\t')).join('\n');
    navigator.clipboard.writeText(text).then(() => { copy.textContent = 'Copied'; });
  });
  all('[data-copy], [data-copy-table]').forEach((button) => button.classList.remove('unseen'));
  all('[data-keys]').forEach((button) => { button.hidden = false; });
  document.addEventListener('change', (event) => {
    const form = event.target.closest('form[data-follow]');
    if (form && event.target.matches('select, input[type=checkbox], input[type=date]')) form.requestSubmit();
  });

  // ---- drawings: the table that the page is about, else the first one, is in sight

  all('.graph-box').forEach((box) => {
    const node = $('.node.here', box) || $('.node', box);
    if (!node) return;
    const at = node.getBoundingClientRect(), of = box.getBoundingClientRect();
    box.scrollTop += at.top - of.top - (of.height - at.height) / 2;
    box.scrollLeft += at.left - of.left - (of.width - at.width) / 2;
  });

  // ---- the editor: what is typed is kept in the browser until it is saved; a finding leads to its line

  const draft = $('[data-draft]');
  if (draft) {
    const key = 'dfa-draft', restore = $('[data-restore]');
    const kept = JSON.parse(localStorage.getItem(key) || 'null');
    if (kept && kept.of === draft.dataset.draft && kept.text !== draft.value && restore) {
      restore.hidden = false;
      restore.addEventListener('click', () => {
        draft.value = kept.text;
        restore.hidden = true;
        draft.dispatchEvent(new Event('input', { bubbles: true }));
      });
    }
    const numbers = $('[data-numbers]');
    const count = () => {
      const lines = draft.value.split('\n').length;
      if (numbers.dataset.numbers === String(lines)) return;
      numbers.dataset.numbers = lines;
      numbers.textContent = Array.from({ length: lines }, (_, at) => at + 1).join('\n');
      numbers.scrollTop = draft.scrollTop;
    };
    count();
    draft.addEventListener('scroll', () => { numbers.scrollTop = draft.scrollTop; });
    draft.addEventListener('input', () => {
      count();
      localStorage.setItem(key, JSON.stringify({ of: draft.dataset.draft, text: draft.value }));
    });
    document.addEventListener('click', (event) => {
      const link = event.target.closest('[data-line]');
      if (!link) return;
      event.preventDefault();
      const lines = draft.value.split('\n'), line = Math.min(lines.length, Math.max(1, +link.dataset.line));
      const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
      draft.focus();
      draft.setSelectionRange(start, start + lines[line - 1].length);
      draft.scrollTop = (line - 4) * parseFloat(getComputedStyle(draft).lineHeight);
    });
  }

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
