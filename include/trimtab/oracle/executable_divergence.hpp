// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/oracle/third_source.hpp>

namespace trimtab::oracle {

/// @brief What a venue would pay now, against both oracles, in either direction.
///
/// | reference | protocol | verdict |
/// |---|---|---|
/// | near what a venue pays | near | ok |
/// | away | near | ours_bad |
/// | near | away | protocol_bad |
/// | away | away | unknown: the oracles may be late, or the venue pushed; no new risk |
///
/// A protocol's price above what anybody pays, such as a hard-coded one, keeps positions looking healthy; one below,
/// such as one that lost a factor, liquidates them. The limit has to cover the venue's fee and half its spread. Formula
/// near: price ≤ paid·(1 + limit) and paid ≤ price·(1 + limit)
struct executable_divergence {
  basis_points limit{300.0};
  third_source executable{.max_age = seconds{60}};

  struct state_type {};

  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!(limit.count > 0.0) || !is_finite(limit.count)) return errc::bad_configuration;
    return executable.validate();
  }
  [[nodiscard]] constexpr guarded<state_type> step(state_type, const quote& q, timestamp now) const noexcept {
    if (const trust t = priceless(q); t != trust::ok) return {t, {}, doubt::no_price};
    const double paid = q.executable.price.value;
    if (executable.passes_over(paid, q.executable.at)) return {};
    if (const doubt d = executable.fault(paid, q.executable.at, now); d != doubt::none) {
      return {trust::unknown, {}, d};
    }
    return said<state_type>(judge_by_third(q, paid, limit), doubt::execution);
  }
};

}  // namespace trimtab::oracle
