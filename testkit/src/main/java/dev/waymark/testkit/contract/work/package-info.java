/**
 * The topics of the contract about workers: ready task runs, claims, leases, pools, settling and
 * logs.
 */
@NullMarked
package dev.waymark.testkit.contract.work;

import org.jspecify.annotations.NullMarked;
