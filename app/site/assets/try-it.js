/* Shows the answer to a form beside it. Without this script the browser goes to the answer instead. */

for (const form of document.querySelectorAll('form')) {
  const output = form.querySelector('output');

  const show = (text, wrong) => {
    const block = document.createElement('pre');
    block.textContent = text;
    output.classList.toggle('wrong', wrong);
    output.replaceChildren(block);
  };

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      const response = await fetch(form.action, {
        method: 'POST',
        headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
        body: JSON.stringify(Object.fromEntries(new FormData(form))),
      });
      const answer = await response.json();
      show(JSON.stringify(answer, null, 2), !response.ok);
      const roomField = document.querySelector('input[name="roomId"]');
      if (answer['room-id'] && roomField.form !== form) roomField.value = answer['room-id'];
    } catch {
      show('The server cannot be reached.', true);
    }
  });
}
