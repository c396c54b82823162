// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/trigger/concept.hpp>

namespace trimtab::trigger {

/// @brief Permits an action once enough time has passed since the last fill. The simplest trigger, and the one to copy.
///
/// It fires by itself without a direction, so it belongs in `all_of` beside a trigger that has one. The wait starts at
/// a fill, never at a decision: a transaction that reverts costs no waiting.
struct cooldown {
  seconds wait{600};

  struct state_type {
    bool ready = true;
    friend constexpr bool operator==(const state_type&, const state_type&) = default;
  };

  [[nodiscard]] constexpr errc validate() const noexcept {
    return wait.count() >= 0 ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr state_type step(state_type, const signal& s) const noexcept {
    return {s.last_fill == never || s.now - s.last_fill >= wait};
  }
  [[nodiscard]] constexpr firing fired(state_type state) const noexcept {
    return {.fired = state.ready, .why = errc::cooldown};
  }
  [[nodiscard]] constexpr calm quiet(state_type) const noexcept { return {.permits_only = true}; }
};

}  // namespace trimtab::trigger
