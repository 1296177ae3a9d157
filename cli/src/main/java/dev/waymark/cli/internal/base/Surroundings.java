package dev.waymark.cli.internal.base;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

/**
 * The environment of a command: everything outside of the program that it uses. A test supplies its
 * own.
 *
 * @param environment the environment variables
 * @param home the user's home directory
 * @param directory the current directory
 * @param in standard input
 * @param out standard output
 * @param err standard error
 * @param terminal the properties of the terminal
 * @param clock the clock
 * @param zone the time zone of local times
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
