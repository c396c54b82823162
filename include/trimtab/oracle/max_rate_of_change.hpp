// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/oracle/concept.hpp>

namespace trimtab::oracle {

/// @brief A price that jumps alone is not believed; when both sources jump the same way it is the market.
///
/// Each source is compared with its own value a window ago: |p / p_then − 1| > limit is a jump. The state holds two
/// anchors per source, the last full window and the running one, so that a slow slide never looks like a jump and a
/// jump is remembered for a window.
///
/// It needs a look per window. After a silence of more than two, each source is compared with the newest price
/// remembered of it: one that moved alone meanwhile is doubted, for a window at most. The longer the silence, the more
/// likely that is an honest move. Only the very first look has nothing to compare with.
struct max_rate_of_change {
  basis_points limit{1000.0};
  seconds window{60};

  struct state_type {
    double reference_anchor = 0.0;  ///< 0: not seen yet
    double protocol_anchor = 0.0;
    double next_reference = 0.0;  ///< becomes the anchor when the running window ends
    double next_protocol = 0.0;
    timestamp began = never;
  };

  [[nodiscard]] constexpr errc validate() const noexcept {
    return limit.count > 0.0 && window.count() > 0 ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr guarded<state_type> step(state_type s, const quote& q, timestamp now) const noexcept {
    if (const trust t = priceless(q); t != trust::ok) return {t, s, doubt::no_price};
    if (s.reference_anchor == 0.0) {
      s = {q.reference.price, q.protocol.price, q.reference.price, q.protocol.price, now};
      return {trust::ok, s};
    }
    const seconds ago = now - s.began;
    if (ago > window && ago - window > window)
      s.reference_anchor = s.next_reference, s.protocol_anchor = s.next_protocol;
    const int ours = jump(q.reference.price, s.reference_anchor), theirs = jump(q.protocol.price, s.protocol_anchor);
    if (ago >= window || ago < seconds{0}) {  // a state from the future starts anew
      s = {s.next_reference, s.next_protocol, q.reference.price, q.protocol.price, now};
    }
    if (ours == theirs) return {trust::ok, s};
    return {accuse(ours != 0, theirs != 0), s, doubt::jump};
  }

private:
  [[nodiscard]] constexpr int jump(double price, double anchor) const noexcept {
    const double allowed = limit.fraction() * anchor;
    return price - anchor > allowed ? 1 : anchor - price > allowed ? -1 : 0;
  }
};

}  // namespace trimtab::oracle
