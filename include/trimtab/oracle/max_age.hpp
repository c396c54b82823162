// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/oracle/concept.hpp>

namespace trimtab::oracle {

/// @brief A price older than its allowance is not believed. The simplest guard, and the one to copy.
///
/// The protocol's allowance is its heartbeat plus some grace; our reference's is what we can stand. A price from the
/// future is as bad as a stale one.
struct max_age {
  seconds reference{30};
  seconds protocol{3600 + 300};

  struct state_type {};

  [[nodiscard]] constexpr errc validate() const noexcept {
    return reference.count() >= 0 && protocol.count() >= 0 ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr guarded<state_type> step(state_type, const quote& q, timestamp now) const noexcept {
    const bool ours = is_fresh(q.reference.at, now, reference), theirs = is_fresh(q.protocol.at, now, protocol);
    return said<state_type>(accuse(!ours, !theirs), doubt::age);
  }
};

}  // namespace trimtab::oracle
