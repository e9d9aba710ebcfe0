// Asks for the page again when something has changed, and exchanges what is live of it.
const live = document.querySelector("[data-live]");
if (live) {
  const events = new EventSource("/events");
  events.addEventListener("changed", async () => {
    const reply = await fetch(location.href, { redirect: "error" });
    if (!reply.ok) return;
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const fresh = page.querySelector("[data-live]");
    if (fresh) document.querySelector("[data-live]").replaceWith(fresh);
  });
}
