// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/explain_band.hpp>

#include "support/vaults.hpp"
#include <array>
#include <string>

namespace trimtab {
namespace {

using namespace forecast;

std::string words(const band_economics& e, const band_wishes& wishes = {}) {
  const auto best = best_band_of(e, wishes);
  if (!best) return name(best.error());
  std::array<char, 1024> buffer{};
  return std::string(explain(*best, e, buffer));
}

bool has(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

TEST(ExplainBand, SaysWhyAndWhatElseWouldCost) {
  EXPECT_EQ(
      words(test::busy_vault()),
      "keep health between 1.2002 and 1.3987, come back to 1.3396. Width: the cost of trading against the penalty "
      "for being off 1.3000. Lower edge: raised by the risk of jumps; floor 1.0120. A year: "
      "102 trades, 30.2 of them to deleverage, 0.02 liquidations; cost 2055 = gas 205 + trading 1.11e+03 + tracking "
      "641 + in flight 0 + jumps 102. The rule for small costs would cost 2221 (+8.1 %); 10 % either side would "
      "cost 2522 (+22.7 %).");
}

TEST(ExplainBand, NamesWhatWidensIt) {
  band_economics e = test::busy_vault();
  e.gas = 200.0;
  EXPECT_TRUE(has(words(e), "Width: gas against")) << words(e);
  e.gas = 0.1;
  EXPECT_TRUE(has(words(e), "Width: the cost of trading against")) << words(e);
  e.impact = 4e-7;
  EXPECT_TRUE(has(words(e), "impact is ")) << words(e);
}

TEST(ExplainBand, NamesWhatHoldsTheLowerEdge) {
  band_economics e = test::busy_vault();
  e.wanted = 1.1;
  e.jumps.down_decay = 80.0;
  e.tracking = tracking_for(2.0, e);
  e.latency *= 20.0;
  const band_wishes any_risk{.latency_risk = 1.0};
  EXPECT_TRUE(has(words(e, any_risk), "Lower edge: raised by the risk of liquidation in flight; floor "))
      << words(e, any_risk);
  e.latency /= 20.0;
  e.jumps.down_decay = 15.0;
  EXPECT_TRUE(has(words(e), "Lower edge: raised by the risk of jumps; floor ")) << words(e);
  e.jumps.rate = 0.0;
  EXPECT_TRUE(has(words(e), "Lower edge: where a trade pays for itself")) << words(e);
  e.latency *= 20.0;
  const band_wishes no_risk{.latency_risk = 1e-12};
  EXPECT_TRUE(has(words(e, no_risk), "Lower edge: on the floor, ")) << words(e, no_risk);
  EXPECT_TRUE(has(words(e, no_risk), "10 % below is under the floor")) << words(e, no_risk);
}

TEST(ExplainBand, ASmallBufferCutsTheTextAndNothingElse) {
  const band_economics e = test::busy_vault();
  const auto best = best_band_of(e);
  const std::string whole = words(e);
  for (std::size_t n = 0; n < 700; n = 2 * n + 1) {
    std::array<char, 1024> buffer;
    buffer.fill('#');
    const auto text = explain(*best, e, std::span(buffer.data(), n));
    EXPECT_EQ(text, whole.substr(0, n == 0 ? 0 : std::min(n - 1, whole.size())));
    EXPECT_EQ(buffer[n], '#') << "nothing is written behind the buffer";
  }
}

}  // namespace
}  // namespace trimtab
