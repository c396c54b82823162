// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <trimtab/liquidity/uniswap_v3_exact.hpp>

#include "support/vectors.hpp"
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace trimtab::test {

inline uint256 wide_of(const std::string& digits) {
  const auto n = uint256::parse(digits);
  EXPECT_TRUE(n.has_value()) << "not an integer: '" << digits << "'";
  return *n;
}
inline uint256 wide_of(const row& r, const char* column) {
  return wide_of(r.text(column));
}
/// A number with a sign of its own, 64 bits at most.
inline std::int64_t signed_of(const std::string& digits) {
  char* end = nullptr;
  const long long n = std::strtoll(digits.c_str(), &end, 10);
  EXPECT_TRUE(!digits.empty() && *end == '\0') << "not an integer: '" << digits << "'";
  return n;
}
inline std::int32_t tick_of(const row& r, const char* column) {
  return static_cast<std::int32_t>(signed_of(r.text(column)));
}
/// In decimal digits.
inline std::string text_of(const uint256& n) {
  std::string digits;
  for (uint256 left = n; left != uint256{};) {
    const uint256 tenth = *divide(left, uint256{10}, rounding::down);
    digits.insert(digits.begin(), static_cast<char>('0' + left.subtract(*tenth.multiply(uint256{10}))->word(0)));
    left = tenth;
  }
  return digits.empty() ? "0" : digits;
}

/// The pools of univ3_pools.csv; they own their ticks.
class exact_pools {
public:
  exact_pools() {
    vector_file file("pools/univ3_pools.csv");
    for (const row& r : file.rows()) {
      std::vector<liquidity::initialised_tick>& ticks = ticks_[r.text("pool")];
      for (const std::string& entry : r.list("ticks")) {
        const auto parts = split(entry, ':');
        if (parts.size() != 2) {
          ADD_FAILURE() << "not a tick: " << entry;
          continue;
        }
        const bool falls = parts[1].front() == '-';
        ticks.push_back({.index = static_cast<std::int32_t>(signed_of(parts[0])),
                         .falls = falls,
                         .net = wide_of(parts[1].substr(falls ? 1 : 0))});
      }
      EXPECT_EQ(ticks.size(), static_cast<std::size_t>(r.small("n_ticks"))) << r.text("pool");
      pools_[r.text("pool")] = {.sqrt_price = wide_of(r, "sqrt_price_x96"),
                                .tick = tick_of(r, "tick"),
                                .liquidity = wide_of(r, "liquidity"),
                                .fee_pips = static_cast<std::uint32_t>(r.small("fee")),
                                .tick_spacing = r.small("tick_spacing"),
                                .ticks = ticks};
      EXPECT_EQ(pools_[r.text("pool")].validate(), errc::ok) << r.text("pool");
      file.count();
    }
    file.report();
    EXPECT_EQ(file.checked(), file.rows().size());
  }
  exact_pools(const exact_pools&) = delete;
  exact_pools& operator=(const exact_pools&) = delete;

  [[nodiscard]] const liquidity::uniswap_v3_exact& at(const std::string& name) const {
    const auto found = pools_.find(name);
    if (found != pools_.end()) return found->second;
    ADD_FAILURE() << "no pool " << name;
    static const liquidity::uniswap_v3_exact none;
    return none;
  }

private:
  std::map<std::string, std::vector<liquidity::initialised_tick>> ticks_;
  std::map<std::string, liquidity::uniswap_v3_exact> pools_;
};

}  // namespace trimtab::test
