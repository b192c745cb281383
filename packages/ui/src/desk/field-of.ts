/** What was entered into the one `field` of a form that is sent; the form is empty then. */
export function takeField(event: SubmitEvent): string {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  const text = String(new FormData(form).get('field')).trim();
  form.reset();
  return text;
}
