package dev.waymark.cli.internal.base;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

/**
 * All that a command knows of the world outside, so that a test can make up its own.
 *
 * @param environment the variables of the environment
 * @param home the user's home directory
 * @param directory the current directory
 * @param in standard input
 * @param out standard output
 * @param err standard error
 * @param terminal what is known of the terminal
 * @param clock gives the time
 * @param zone gives the zone of local times
 */
public record Surroundings(
    Map<String, String> environment,
    Path home,
    Path directory,
    InputStream in,
    OutputStream out,
    OutputStream err,
    Terminal terminal,
    InstantSource clock,
    LocalZone zone) {}
