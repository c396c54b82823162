// SPDX-License-Identifier: MIT
// The rounded rational of the door against the contracts' integer arithmetic: it must lie where the contract's own
// rounding says that the exact value lies.
#include <gtest/gtest.h>

#include <trimtab/market/chain_balance.hpp>

#include "support/vectors.hpp"
#include <cmath>
#include <limits>
#include <map>
#include <string>

namespace trimtab {
namespace {

using test::row;
using test::vector_file;

constexpr uint256 one{1}, two{2};
const uint256 ray = *uint256::power_of_ten(27), wad = *uint256::power_of_ten(18), whole_percent{10'000};

constexpr const char* largest = "115792089237316195423570985008687907853269984665640564039457584007913129639935";

uint256 number(const std::string& text) {
  const auto n = uint256::parse(text);
  if (!n) ADD_FAILURE() << "'" << text << "' " << name(n.error());
  return *n;
}

/// A contract's operation as the rational a·b/c, and how it makes an integer of it.
enum class contract_rounding { floor, ceil, half_up };
struct operation {
  uint256 a, b, c;
  contract_rounding how = contract_rounding::half_up;
};

operation of(const std::string& op, const uint256& a, const uint256& b, const uint256& c) {
  const auto how = op.ends_with("Floor")  ? contract_rounding::floor
                   : op.ends_with("Ceil") ? contract_rounding::ceil
                                          : contract_rounding::half_up;
  if (op.starts_with("rayMul")) return {a, b, ray, how};
  if (op.starts_with("rayDiv")) return {a, ray, b, how};
  if (op == "wadMul") return {a, b, wad, how};
  if (op == "wadDiv") return {a, wad, b, how};
  if (op == "wadToRay") return {a, uint256{1'000'000'000}, one, how};
  if (op == "rayToWad") return {a, one, uint256{1'000'000'000}, how};
  if (op.starts_with("percentMul")) return {a, b, whole_percent, how};
  if (op.starts_with("percentDiv")) return {a, whole_percent, b, how};
  if (op == "mulDivCeil") return {a, b, c, how};
  ADD_FAILURE() << "unknown operation " << op;
  return {};
}

double ratio(const uint256& a, const uint256& b, const uint256& c, rounding direction) {
  const auto r = uint256::ratio(a, b, c, one, direction);
  EXPECT_TRUE(r.has_value());
  return *r;
}

/// The exact value lies in [low, high]/2 by the contract's integer; our two doubles must lie where doubles around it
/// can.
void expect_bracketed(const operation& o, const uint256& result, const std::string& what) {
  const double down = ratio(o.a, o.b, o.c, rounding::down), up = ratio(o.a, o.b, o.c, rounding::up);
  EXPECT_TRUE(up == down || up == std::nextafter(down, std::numeric_limits<double>::infinity())) << what;
  // Twice the result, so that halves are integers; the largest results have no room for a bit more.
  const auto twice = result.multiply(two);
  const uint256 reach = o.how == contract_rounding::half_up ? one : two;
  if (!twice || !twice->add(two)) {
    EXPECT_NEAR(down / ratio(result, one, one, rounding::down), 1.0, 0x1p-51) << what;
    return;
  }
  const uint256 low = o.how == contract_rounding::floor ? *twice : twice->subtract(reach).value_or(uint256{});
  const uint256 high = o.how == contract_rounding::ceil ? *twice : *twice->add(reach);
  EXPECT_GE(down, ratio(low, one, two, rounding::down)) << what;
  EXPECT_LE(down, ratio(high, one, two, rounding::down)) << what;
  EXPECT_GE(up, ratio(low, one, two, rounding::up)) << what;
  EXPECT_LE(up, ratio(high, one, two, rounding::up)) << what;
}

/// Why the contract reverted: a division by zero, which the door refuses by name, or a product that outgrew 256 bits,
/// which the door's 512 hold.
void expect_reason(const operation& o, const std::string& what, std::map<std::string, int>& reasons) {
  const auto r = uint256::ratio(o.a, o.b, o.c, one, rounding::up);
  if (o.c == uint256{}) {
    EXPECT_EQ(r.error(), errc::bad_configuration) << what;
    ++reasons["refused as bad_configuration, a division by zero"];
    return;
  }
  // The contract's product, and the half of the divisor that it adds before dividing.
  const double half = ratio(o.c, one, two, rounding::down);
  const double most = ratio(number(largest), one, one, rounding::down);
  const auto product = o.a.multiply(o.b);
  const bool adds = o.how == contract_rounding::half_up;
  EXPECT_TRUE(!product || (adds && ratio(*product, one, one, rounding::up) + half >= most)) << what;
  EXPECT_TRUE(r.has_value()) << what;
  EXPECT_TRUE(std::isfinite(*r)) << what;
  ++reasons["a product above 256 bits in the contract only"];
}

void check(const char* file, bool has_c) {
  vector_file rows(file);
  std::map<std::string, int> reasons;
  for (const row& r : rows.rows()) {
    const operation o =
        of(r.text("op"), number(r.text("a")), number(r.text("b")), has_c ? number(r.text("c")) : uint256{});
    const std::string what = r.text("op") + " " + r.text("a") + " " + r.text("b");
    if (r.text("status") == "ok") {
      expect_bracketed(o, number(r.text("result")), what);
    } else {
      EXPECT_EQ(r.text("status"), "revert");
      expect_reason(o, what, reasons);
    }
    rows.count();
  }
  rows.report();
  for (const auto& [reason, count] : reasons) std::printf("  reverts, %s: %d rows\n", reason.c_str(), count);
  EXPECT_EQ(rows.checked(), rows.rows().size());
}

TEST(ChainBalanceVectors, DirectedRoundingOfAaveV36) {
  check("lending/aave_rounding_v36.csv", true);
}
TEST(ChainBalanceVectors, WadsAndRays) {
  check("lending/aave_wadray.csv", false);
}
TEST(ChainBalanceVectors, Percentages) {
  check("lending/aave_percent.csv", false);
}

TEST(ChainBalanceVectors, PresentValuesOfComet) {
  vector_file rows("lending/comet_principal.csv");
  const uint256 scale = *uint256::power_of_ten(15);
  for (const row& r : rows.rows()) {
    const auto side = [&](const std::string& text, const std::string& result, bool to_principal) {
      const bool debt = text[0] == '-';
      const auto digits = [](const std::string& t) { return t[0] == '-' ? t.substr(1) : t; };
      const auto index = chain_index::parse(r.text(debt ? "base_borrow_index" : "base_supply_index"), 15);
      ASSERT_TRUE(index.has_value());
      const uint256 a = number(digits(text)), contract = number(digits(result));
      if (to_principal) {  // owed principal is rounded up, everything else down
        expect_bracketed({a, scale, index->value, debt ? contract_rounding::ceil : contract_rounding::floor}, contract,
                         "id " + r.text("id"));
        return;
      }
      expect_bracketed({a, index->value, scale, contract_rounding::floor}, contract, "id " + r.text("id"));
      // The door itself, in whole tokens of no decimals: at or above the debt, below the supply plus one unit.
      const double tokens = *whole_tokens(digits(text), 0, debt ? rounding::up : rounding::down, *index);
      EXPECT_EQ(tokens, ratio(a, index->value, scale, debt ? rounding::up : rounding::down));
      if (debt) {
        EXPECT_GE(tokens, ratio(contract, one, one, rounding::up)) << r.text("id");
      }
    };
    ASSERT_EQ(r.text("status"), "ok");
    ASSERT_EQ(r.text("status_in"), "ok");
    side(r.text("principal"), r.text("present_value"), false);
    side(r.text("present_value_in"), r.text("principal_out"), true);
    rows.count();
  }
  rows.report();
  EXPECT_EQ(rows.checked(), rows.rows().size());
}

}  // namespace
}  // namespace trimtab
