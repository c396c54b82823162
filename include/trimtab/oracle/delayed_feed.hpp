// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/errc.hpp>
#include <trimtab/oracle/concept.hpp>

namespace trimtab::oracle {

/// @brief A feed that publishes a price one hop before it uses it, so that everybody can see what comes.
///
/// Whoever calls `poke` first after the hop moves the next price in and reads another. Hops stand on a fixed grid: a
/// late poke does not delay the following one by as much.
/// @source makerdao/osm, osm.sol as deployed since 2019: `pass`, `poke`, `void`, `prev`
struct delayed_feed {
  double current = 0.0;  ///< 0: none yet
  double next = 0.0;
  timestamp began{};  ///< of the present hop
  seconds hop{3600};

  [[nodiscard]] constexpr errc validate() const noexcept {
    if (hop.count() <= 0) return errc::bad_configuration;
    for (const double p : {current, next})
      if (!(p == 0.0 || is_price(p))) return is_finite(p) ? errc::non_positive_price : errc::not_finite;
    return errc::ok;
  }
  /// The moment from which anyone may move the next price in.
  [[nodiscard]] constexpr timestamp due() const noexcept { return began + hop; }
  [[nodiscard]] constexpr bool pass(timestamp now) const noexcept { return now >= due(); }

  /// @brief The next price moves in, and the source's becomes the next. A source that has no price leaves all as it is.
  /// @errors not_yet (before the hop is over), not_finite or non_positive_price (of the source), bad_configuration
  constexpr errc poke(double source, timestamp now) noexcept {
    if (const errc e = validate(); e != errc::ok) return e;
    if (!pass(now)) return errc::not_yet;
    if (!is_finite(source)) return errc::not_finite;
    if (!(source > 0.0)) return errc::non_positive_price;
    current = next;
    next = source;
    const long long past = unix_seconds(now) % hop.count();
    began = now - seconds{past < 0 ? past + hop.count() : past};
    return errc::ok;
  }
  /// Somebody in charge no longer believes it: no price until two pokes later. (There, nobody can poke either until he
  /// lets it start again.)
  constexpr void stop() noexcept { current = next = 0.0; }

  /// What a quote says of it; nothing where there is no next price.
  [[nodiscard]] constexpr observation next_observation() const noexcept {
    return next == 0.0 ? observation{} : observation{next, due()};
  }
};

}  // namespace trimtab::oracle
