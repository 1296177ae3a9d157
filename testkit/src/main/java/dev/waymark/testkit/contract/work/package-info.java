/**
 * The topics of the contract about workers: what is ready, claims, leases, pools, settling and
 * logs.
 */
@NullMarked
package dev.waymark.testkit.contract.work;

import org.jspecify.annotations.NullMarked;
