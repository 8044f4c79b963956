exports.handler = async (event) => ({ hello: event.name, node: process.version });
