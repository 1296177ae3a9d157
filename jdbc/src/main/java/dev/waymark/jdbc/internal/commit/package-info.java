/**
 * The commit path. {@link dev.waymark.jdbc.internal.commit.GroupCommitter} gathers the change sets
 * that wait at the same moment. {@link dev.waymark.jdbc.internal.commit.GroupTransaction} loads,
 * decides, writes and commits them together.
 */
@NullMarked
package dev.waymark.jdbc.internal.commit;

import org.jspecify.annotations.NullMarked;
