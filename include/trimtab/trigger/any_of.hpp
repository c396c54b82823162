// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/trigger/combined.hpp>

namespace trimtab::trigger {

/// @brief Fires when any part fires with a direction; emergencies first, deleveraging before leveraging up. Itself a
/// trigger.
///
/// The target is the farthest and the urgency the greatest of the parts that fire the way it goes. Where none fires, it
/// waits for what the first part that leans anywhere waits for.
template <Trigger... T>
struct any_of : combined<T...> {
  using state_type = typename combined<T...>::state_type;

  constexpr explicit any_of(const T&... parts) noexcept : combined<T...>(parts...) {}

  [[nodiscard]] constexpr firing fired(const state_type& state) const noexcept {
    firing best;
    common_way down, up;
    this->each(state, [&](const auto& part, const auto& part_state) {
      const firing f = part.fired(part_state);
      if (rank(f) > rank(best)) best = f;
      if (f.fired && f.towards != direction::none) (f.towards == direction::deleverage ? down : up).add(f);
    });
    if (!best.fired) return best;
    const common_way& way = best.towards == direction::deleverage ? down : up;
    best.target = way.target;
    best.urgency = way.urgency;
    return best;
  }

private:
  static constexpr int rank(const firing& f) noexcept {
    if (f.emergency) return 4;
    if (f.towards == direction::none) return 0;
    if (!f.fired) return 1;
    return f.towards == direction::deleverage ? 3 : 2;
  }
};

template <class... T>
any_of(T...) -> any_of<T...>;

}  // namespace trimtab::trigger
