"use strict";
exports.install = function install() {};
