// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/oracle/concept.hpp>

namespace trimtab::oracle {

/// @brief On a rollup: is the sequencer running, and for long enough?
///
/// Down: the protocol's feed cannot be updated and its price is that of the moment of the stop, however young its
/// heartbeat looks, so the verdict is `protocol_bad`: it is still what liquidates, and a rescue that gets in through
/// the slow queue is limited by our own price. Up, but for no longer than the grace: feeds have begun to follow and
/// nobody knows which have, so `unknown`: no new risk, rescues go on. That is what a lending protocol means by it, too:
/// Aave holds back borrowing, and the liquidation of accounts between 0.95 and 1, until the grace is over, so that
/// owners come first. Nothing here accuses our reference, unless it is a pool of that same rollup: then add `max_age`.
/// Formula   ok ⇔ up and now − since > grace, strictly
/// @source   aave-v3-core, PriceOracleSentinel.sol; ValidationLogic.sol for the 0.95
struct sequencer_grace {
  seconds grace{3600};

  struct state_type {};

  [[nodiscard]] constexpr errc validate() const noexcept {
    return grace.count() >= 0 ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr guarded<state_type> step(state_type, const quote& q, timestamp now) const noexcept {
    if (!q.sequencer.up) return {trust::protocol_bad, {}, doubt::sequencer};
    return said<state_type>(q.sequencer.since < now - grace ? trust::ok : trust::unknown, doubt::sequencer);
  }
};

}  // namespace trimtab::oracle
