// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/trigger/concept.hpp>

namespace trimtab::trigger {

/// @brief Permits an action from a moment on. Like a cooldown, it belongs in `all_of` beside a trigger with a
/// direction.
struct not_before {
  timestamp from{};

  struct state_type {
    bool ready = false;
    friend constexpr bool operator==(const state_type&, const state_type&) = default;
  };

  [[nodiscard]] constexpr errc validate() const noexcept { return errc::ok; }
  [[nodiscard]] constexpr state_type step(state_type, const signal& s) const noexcept { return {s.now >= from}; }
  [[nodiscard]] constexpr firing fired(state_type state) const noexcept {
    return {.fired = state.ready, .why = errc::not_yet};
  }
  [[nodiscard]] constexpr calm quiet(state_type) const noexcept { return {.permits_only = true}; }
};

}  // namespace trimtab::trigger
