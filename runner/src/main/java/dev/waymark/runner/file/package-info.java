/**
 * Reads workflow files: YAML or JSON, checked against the schema and the rules, with errors that
 * name the line.
 */
@NullMarked
package dev.waymark.runner.file;

import org.jspecify.annotations.NullMarked;
