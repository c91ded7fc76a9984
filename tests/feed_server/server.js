// A real CouchDB-compatible server for the tests of the feed: express-pouchdb over databases in
// memory. `node server.js [port]` listens on 127.0.0.1 (port 0: any), prints "port N", and ends
// when the program that started it has gone.
'use strict';

const express = require('express');
const PouchDB = require('pouchdb-core')
  .plugin(require('pouchdb-adapter-memory'))
  .plugin(require('pouchdb-adapter-http'))
  .plugin(require('pouchdb-mapreduce'))
  .plugin(require('pouchdb-replication'))
  .defaults({ adapter: 'memory' });

// Two things that CouchDB does and express-pouchdb leaves out.

// A `since` that it cannot read is refused, in CouchDB's own words.
function refuseUnreadableSince(request, response, next) {
  const since = request.query.since;
  if (since === undefined || since === 'now' || /^[0-9]+$/.test(since)) return next();
  response.status(400).json({
    error: 'bad_request',
    reason: "Malformed sequence supplied in 'since' parameter.",
  });
}

// A longpoll ends after `timeout` milliseconds, with no results.
function endLongpoll(request, response, next) {
  const { feed, timeout, since } = request.query;
  if (feed !== 'longpoll' || timeout === undefined) return next();
  const timer = setTimeout(() => {
    response.end(`],\n"last_seq":${Number(since)}}\n`);
    response.write = response.end = () => response;
  }, Number(timeout));
  response.on('close', () => clearTimeout(timer));
  next();
}

const application = express();
application.get('/:database/_changes', refuseUnreadableSince, endLongpoll);
application.use(require('express-pouchdb')(PouchDB, { mode: 'minimumForPouchDB' }));

const server = application.listen(Number(process.argv[2] || 0), '127.0.0.1', () => {
  console.log(`port ${server.address().port}`);
});

const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit(0);
}, 500);
