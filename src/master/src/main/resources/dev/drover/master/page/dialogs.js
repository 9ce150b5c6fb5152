// Questions before anything is changed. The browser's own dialogs hold the focus and give it back.

/** Asks for the token until `check` takes it. */
export function askToken(check) {
  const dialog = document.getElementById('token-dialog');
  const field = document.getElementById('token');
  field.value = '';
  return ask(dialog, async () => {
    const token = field.value.trim();
    await check(token);
    field.value = '';
  });
}

/**
 * Asks whether to do something, and does it. A failure is told in the dialog.
 * @param number what to start from where a number is asked for
 */
export function confirm({ title, words, yes, number, work }) {
  const dialog = document.getElementById('confirm-dialog');
  const field = document.getElementById('confirm-number');
  document.getElementById('confirm-title').textContent = title;
  document.getElementById('confirm-text').textContent = words;
  document.getElementById('confirm-yes').textContent = yes;
  document.getElementById('confirm-field').hidden = number === undefined;
  field.required = number !== undefined;
  field.value = number ?? '';
  return ask(dialog, () => work(field.valueAsNumber));
}

function ask(dialog, work) {
  const form = dialog.querySelector('form');
  const problem = dialog.querySelector('.problem');
  const cancel = dialog.querySelector('[value=cancel]');
  const yes = dialog.querySelector('[type=submit]');
  problem.hidden = true;
  return new Promise((resolve) => {
    const end = (done) => {
      form.removeEventListener('submit', submit);
      cancel.removeEventListener('click', leave);
      dialog.removeEventListener('cancel', leave);
      if (dialog.open) {
        dialog.close();
      }
      resolve(done);
    };
    const leave = () => end(false);
    const submit = async (event) => {
      event.preventDefault();
      yes.disabled = true;
      try {
        await work();
        end(true);
      } catch (failure) {
        problem.textContent = failure.message;
        problem.hidden = false;
      } finally {
        yes.disabled = false;
      }
    };
    form.addEventListener('submit', submit);
    cancel.addEventListener('click', leave);
    // Escape. Not at `close`, which is told late, to the next question.
    dialog.addEventListener('cancel', leave);
    dialog.showModal();
  });
}
