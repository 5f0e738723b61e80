// Loaded into the scanner before it starts: one invented host name leads to two ports of this
// machine, given as HERE="name http-port https-port". Everything else, certificates included, is
// as the scanner does it.
"use strict";

const net = require("node:net");

const [name, http, https] = process.env.HERE.split(" ");
const ports = { 80: Number(http), 443: Number(https) };
const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function (...given) {
  // Node hands its own normalized arguments on as an array.
  const options = Array.isArray(given[0]) ? given[0][0] : given[0];
  if (options && options.host === name) Object.assign(options, { host: "127.0.0.1", port: ports[options.port] });
  return connect.apply(this, given);
};
