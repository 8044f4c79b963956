// What the runtime wrote into the page: region, account, version, endpoint, clock, and the token.

const element = document.querySelector('meta[name="groundstate"]');

export const settings = JSON.parse(element.content);
