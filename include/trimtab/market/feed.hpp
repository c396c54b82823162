// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/time.hpp>

namespace trimtab {

/// One price as somebody reported it, and when.
struct observation {
  double price = 0.0;  ///< base currency per whole token
  timestamp at = never;
};

/// @brief Two sources for one price slot: the protocol's feed, which liquidates, and our own reference, which does not.
///
/// The protocol's price itself stands in the snapshot's price vector; here is when it was written, and what we think
/// instead.
struct feed {
  timestamp protocol_at = never;
  observation reference;
};

}  // namespace trimtab
