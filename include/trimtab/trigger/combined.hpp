// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/core/pack.hpp>
#include <trimtab/trigger/concept.hpp>

#include <cstddef>
#include <limits>
#include <utility>

namespace trimtab::trigger {

/// @brief What parts that lean the same way say together: the farthest target, so that one trade answers all of them,
/// and the greatest urgency.
struct common_way {
  double target = 0.0;
  double urgency = 0.0;

  constexpr void add(const firing& f) noexcept {
    const bool farther = f.towards == direction::deleverage ? f.target > target : f.target < target;
    if (target == 0.0 || farther) target = f.target;
    urgency = larger(urgency, f.urgency);
  }
};

/// @brief What `all_of` and `any_of` share: parts side by side, stepped together. Every part sees every signal, fired
/// or not.
template <Trigger... T>
struct combined {
  pack<T...> parts;

  static constexpr unsigned reads = (0U | ... | reads_of<T>());
  using state_type = pack<typename T::state_type...>;

  constexpr explicit combined(const T&... list) noexcept : parts(list...) {}

  /// The first part's complaint. @errors those of the parts
  [[nodiscard]] constexpr errc validate() const noexcept {
    errc first = errc::ok;
    each({}, [&](const auto& part, const auto&) { first = first == errc::ok ? part.validate() : first; });
    return first;
  }
  [[nodiscard]] constexpr state_type step(const state_type& state, const signal& s) const noexcept {
    return step_each(state, s, std::index_sequence_for<T...>{});
  }
  /// The common band of the parts that can act, until the first of them ends: outside one part's band that part may
  /// call an emergency, whatever the others say.
  [[nodiscard]] constexpr calm quiet(const state_type& state) const noexcept {
    calm common{.permits_only = true};
    each(state, [&](const auto& part, const auto& part_state) {
      const calm c = part.quiet(part_state);
      if (c.permits_only) return;
      common = {larger(common.low, c.low), smaller(common.high, c.high), false,
                common.until < c.until ? common.until : c.until};
    });
    return common;
  }

  /// The farthest that any part may ask for.
  [[nodiscard]] constexpr double aim(direction d) const noexcept {
    common_way way;
    bool known = true;
    each({}, [&](const auto& part, const auto&) {
      const double target = aim_of(part, d);
      known = known && target == target;
      if (target > 0.0) way.add({.towards = d, .target = target});
    });
    return known ? way.target : std::numeric_limits<double>::quiet_NaN();
  }

protected:
  template <class F>
  constexpr void each(const state_type& state, F&& visit) const noexcept {
    visit_each(state, visit, std::index_sequence_for<T...>{});
  }

private:
  template <std::size_t... I>
  constexpr state_type step_each(const state_type& state, const signal& s, std::index_sequence<I...>) const noexcept {
    state_type next;
    ((get<I>(next) = get<I>(parts).step(get<I>(state), s)), ...);
    return next;
  }
  template <class F, std::size_t... I>
  constexpr void visit_each(const state_type& state, F& visit, std::index_sequence<I...>) const noexcept {
    (visit(get<I>(parts), get<I>(state)), ...);
  }
};

}  // namespace trimtab::trigger
