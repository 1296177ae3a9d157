/** How processes tell each other, by LISTEN and NOTIFY, that there may be work. */
@NullMarked
package dev.waymark.postgres.internal.notify;

import org.jspecify.annotations.NullMarked;
