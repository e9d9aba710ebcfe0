// The passes of a capture.
'use strict';

const PASSES = {
  survey: () => require('./survey.cjs').survey,
  record: () => require('./record.cjs').record,
  confirm: () => require('./confirm.cjs').confirm,
};

module.exports = { main: (request, emit) => PASSES[request.pass]()(request, emit) };
