/** What a caller commits: checked, measured and identified, before any rule is applied to it. */
@NullMarked
package dev.waymark.core.internal.submit;

import org.jspecify.annotations.NullMarked;
