// Sends requests that are meant for this runtime to its plain HTTP address.
//
// Custom resources answer to a response URL. Their helpers take its host name and use HTTPS on port
// 443, whatever the URL says: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
//
// StartSyncExecution and TestState have a host name of their own, and the SDK for JavaScript puts its
// `sync-` before any endpoint's; no variable turns that off, and no resolver knows the name.
"use strict";

const dns = require("node:dns");
const http = require("node:http");
const https = require("node:https");
const { promisify } = require("node:util");

exports.install = function install() {
  if (!process.env.AWS_ENDPOINT_URL) {
    return;
  }
  const endpoint = new URL(process.env.AWS_ENDPOINT_URL);
  const isOurs = (name) => name === endpoint.hostname || name === `[${endpoint.hostname}]`;
  const real = https.request;
  const lookup = dns.lookup;
  const syncName = `sync-${endpoint.hostname}`;

  dns.lookup = function (name, ...more) {
    return lookup.call(dns, name === syncName ? endpoint.hostname : name, ...more);
  };
  dns.lookup[promisify.custom] = lookup[promisify.custom];

  function request(first, second, third) {
    const fromUrl = typeof first === "string" || first instanceof URL;
    const url = fromUrl ? new URL(first) : null;
    const options = (fromUrl ? (typeof second === "object" ? second : {}) : first) || {};
    const name = options.hostname || options.host || (url && url.hostname);
    const port = Number(options.port || (url && url.port) || 443);
    if (!isOurs(name) || (port !== 443 && port !== Number(endpoint.port))) {
      return real.apply(https, arguments);
    }
    const listener = [second, third].find((value) => typeof value === "function");
    const { agent, protocol, ...kept } = options;
    return http.request(
      {
        ...(url ? { path: url.pathname + url.search } : {}),
        ...kept,
        host: endpoint.hostname,
        hostname: endpoint.hostname,
        port: endpoint.port,
      },
      listener,
    );
  }

  https.request = request;
  https.get = function get(...parts) {
    const sent = request(...parts);
    sent.end();
    return sent;
  };
};
