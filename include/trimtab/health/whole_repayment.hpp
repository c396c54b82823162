// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace trimtab {

/// How a protocol wants to be told to take all of a debt, whose size nobody knows before the block it is repaid in.
enum class whole_repayment : std::uint8_t {
  exact,         ///< no word for it: send what is owed and more, what is too much is not taken
  by_max_value,  ///< the largest integer of its type (Fluid: the smallest)
  by_shares,     ///< the debt's shares, which interest does not change; more tokens than are owed are refused
};

/// @return what the model says as `static constexpr whole_repayment whole_debt`; `exact` where it says nothing
template <class M>
constexpr whole_repayment whole_repayment_of() noexcept {
  if constexpr (requires { M::whole_debt; }) {
    return M::whole_debt;
  } else {
    return whole_repayment::exact;
  }
}

}  // namespace trimtab
