// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/trigger/combined.hpp>

namespace trimtab::trigger {

/// @brief Fires when any part fires with a direction; emergencies first, deleveraging before leveraging up. Itself a
/// trigger.
template <Trigger... T>
struct any_of : combined<T...> {
  using state_type = typename combined<T...>::state_type;

  constexpr explicit any_of(const T&... parts) noexcept : combined<T...>(parts...) {}

  [[nodiscard]] constexpr firing fired(const state_type& state) const noexcept {
    firing best;
    this->each(state, [&](const auto& part, const auto& part_state) {
      const firing f = part.fired(part_state);
      if (rank(f) > rank(best)) best = f;
    });
    return best;
  }

private:
  static constexpr int rank(const firing& f) noexcept {
    if (f.emergency) return 3;
    if (!f.fired || f.towards == direction::none) return 0;
    return f.towards == direction::deleverage ? 2 : 1;
  }
};

template <class... T>
any_of(T...) -> any_of<T...>;

}  // namespace trimtab::trigger
