// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/time.hpp>
#include <trimtab/market/price.hpp>

#include <span>

namespace trimtab {

/// One price as somebody reported it, and when.
struct observation {
  double price = 0.0;  ///< base currency per whole token; 0: nobody said anything
  timestamp at = never;
};

/// What a venue would pay for the first token now, in base currency: its marginal price times the price of what it
/// pays in. A type of its own, for it is a price of trades and not of health.
struct executable_observation {
  executable_price<double> price{};  ///< 0: nobody said anything
  timestamp at = never;
};

/// @brief What is known of one price slot besides the protocol's price, which stands in the snapshot's price vector.
///
/// The protocol's feed liquidates, our own reference does not; the rest is there for the guards that ask for it.
struct feed {
  timestamp protocol_at = never;
  observation reference;
  std::span<const observation> others{};  ///< more sources of the same price, independent of the reference
  observation average{};                  ///< a time-weighted average, of a pool or of a feed
  observation contractual{};              ///< what the issuer's contract redeems at: rate × price of the underlying
  executable_observation executable{};
  observation next{};  ///< the price the protocol has published and will use from `at` on
};

/// Whether a rollup's sequencer runs, and since when it is as it is; `never`: there is none to ask.
struct sequencer {
  bool up = true;
  timestamp since = never;
};

}  // namespace trimtab
