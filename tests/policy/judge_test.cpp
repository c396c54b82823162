// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/policy/judge.hpp>

#include "support/keepers.hpp"
#include <array>
#include <limits>

namespace {

using namespace trimtab;
constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

// Says of each slot what its quote's reference age tells it to: what the tests need to say anything.
struct parrot {
  struct state_type {
    int steps = 0;
  };
  [[nodiscard]] constexpr errc validate() const noexcept { return errc::ok; }
  [[nodiscard]] constexpr guarded<state_type> step(state_type s, const quote& q, timestamp now) const noexcept {
    const auto code = (now - q.reference.at).count();
    return {static_cast<trust>(code), {s.steps + 1}, code == 0 ? doubt::none : static_cast<doubt>(code + 1)};
  }
};
static_assert(OracleGuard<parrot>);

struct judged_world {
  cases::watched w = cases::watching(1.4);
  std::array<feed, 3> feeds{};
  judgement<8> j{};
  std::array<parrot::state_type, 8> states{};

  void says(std::size_t slot, trust t) {
    feeds[slot].reference = {.price = 1.0, .at = w.now - seconds{static_cast<long>(t)}};
  }
  judged_world(trust first, trust second, trust third) {
    says(0, first), says(1, second), says(2, third);
    run();
  }
  snapshot<cases::pool> look() const {
    auto s = w.look();
    s.feeds = feeds;
    return s;
  }
  form<double, 8> liquidation() const { return w.world.model.liquidation_form<double>(w.world.account); }
  void run() {
    j = {};
    judge(j, parrot{}, states, look(), liquidation());
  }
};

constexpr trust every[] = {trust::ok, trust::ours_bad, trust::protocol_bad, trust::unknown, trust::both_bad};

TEST(Judge, TheWordsOnTheSlotsAnAccountReadsComeTogetherWithWhoSaidIt) {
  for (const trust a : every)
    for (const trust b : every)
      for (const trust unread : every) {
        const judged_world w(a, b, unread);
        EXPECT_EQ(w.j.overall, worse(a, b));
        EXPECT_EQ(w.j[price_slot{0}], a);
        EXPECT_EQ(w.j[price_slot{1}], b);
        EXPECT_EQ(w.j[price_slot{2}], unread) << "judged, but it does not count";
        EXPECT_EQ(w.j[price_slot{7}], trust::ok) << "no feed: a constant";
        for (const auto& s : {w.states[0], w.states[1], w.states[2]}) EXPECT_EQ(s.steps, 1);
        EXPECT_EQ(w.states[3].steps, 0);
        EXPECT_EQ(w.j.overall == trust::ok, w.j.why == doubt::none);
        if (w.j.overall == trust::ok) continue;
        const trust decided = w.j[w.j.doubted];
        EXPECT_NE(decided, trust::ok);
        EXPECT_LT(w.j.doubted.index, 2);
        if (a == w.j.overall || b == w.j.overall) {
          EXPECT_EQ(decided, w.j.overall);
        }
        EXPECT_EQ(static_cast<int>(w.j.why), static_cast<int>(decided) + 1) << "the reason is that slot's";
      }
}

TEST(Judge, AReferenceThatIsNoPriceIsOurFaultWithItsReason) {
  for (const double bad : {nan_value, 0.0, -1.0, infinity})
    for (const trust said : every) {
      judged_world w(said, trust::ok, trust::ok);
      w.feeds[0].reference.price = bad;
      w.run();
      EXPECT_EQ(w.j.overall, trust::ours_bad);
      EXPECT_EQ(w.j.why, said == trust::ours_bad ? static_cast<doubt>(2) : doubt::no_price);
    }
}

TEST(Judge, AQuoteCarriesEverythingAFeedSays) {
  const std::array<observation, 2> others{observation{1.01, cases::start}, observation{0.99, cases::start}};
  cases::watched w = cases::watching(1.4);
  feed& f = w.feeds[1];
  f.others = others;
  f.average = {1.02, cases::start};
  f.contractual = {1.03, cases::start};
  f.executable = {{1.04}, cases::start};
  f.next = {1.05, cases::start + seconds{60}};
  auto s = w.look();
  s.sequencer = {.up = false, .since = cases::start};
  const quote q = quote_of(s, price_slot{1});
  EXPECT_EQ(q.protocol.price, 1.0);
  EXPECT_EQ(q.protocol.at, f.protocol_at);
  EXPECT_EQ(q.reference.price, f.reference.price);
  EXPECT_EQ(q.others.data(), others.data());
  EXPECT_EQ(q.others.size(), 2U);
  EXPECT_EQ(q.average.price, 1.02);
  EXPECT_EQ(q.contractual.price, 1.03);
  EXPECT_EQ(q.executable.price.value, 1.04);
  EXPECT_EQ(q.next.price, 1.05);
  EXPECT_FALSE(q.sequencer.up);
}

constexpr quote priced(double protocol, double reference, double executable) {
  return {.protocol = {protocol}, .reference = {reference}, .executable = {{executable}}};
}

TEST(Judge, TheRealPriceBelievesNobodyWhoIsAccused) {
  for (const trust t : {trust::ok, trust::ours_bad})
    for (const bool held : {true, false}) EXPECT_EQ(real_price(priced(1.0, 0.8, 0.7), t, held), 1.0);
  EXPECT_EQ(real_price(priced(1.0, 0.8, 0.0), trust::protocol_bad, true), 0.8);
  EXPECT_EQ(real_price(priced(1.0, 0.8, 0.7), trust::protocol_bad, true), 0.7) << "no more than it fetches";
  EXPECT_EQ(real_price(priced(1.0, 0.8, 0.9), trust::protocol_bad, true), 0.8);
  EXPECT_EQ(real_price(priced(1.0, 0.8, 0.7), trust::protocol_bad, false), 0.8) << "what is owed has to be bought";
  EXPECT_EQ(real_price(priced(1.0, 1.2, 1.19), trust::protocol_bad, true), 1.19);
  for (const trust t : {trust::unknown, trust::both_bad}) {
    EXPECT_EQ(real_price(priced(1.0, 0.8, 0.0), t, true), 1.0) << "nobody knows";
    EXPECT_EQ(real_price(priced(1.0, 0.8, 0.9), t, true), 0.9) << "but that is what it fetches";
  }
  for (const double bad : {nan_value, 0.0, -1.0, infinity})
    EXPECT_EQ(real_price(priced(1.0, bad, bad), trust::protocol_bad, true), 1.0);
}

TEST(Judge, FairHealthAndMisvaluationFollowTheRealPricesSlotBySlot) {
  struct row {
    double collateral, debt;  // real prices; the protocol says 1
    bool over, under;
  };
  for (const auto& [collateral, debt, over, under] :
       {row{1.0, 1.0, false, false}, row{0.8, 1.0, true, false}, row{1.2, 1.0, false, true}, row{1.0, 1.2, true, false},
        row{1.0, 0.8, false, true}, row{0.8, 0.8, true, true}}) {
    judged_world w(trust::protocol_bad, trust::protocol_bad, trust::ok);
    w.feeds[0].reference.price = collateral;
    w.feeds[1].reference.price = debt;
    w.run();
    const auto s = w.look();
    EXPECT_NEAR(health_factor(at_real_prices(w.j, s, w.liquidation()), s.prices), 1.4 * collateral / debt, 1e-12);
    const misvaluation m = misvalued(w.j, s, w.liquidation());
    EXPECT_EQ(m.over, over) << collateral << ' ' << debt;
    EXPECT_EQ(m.under, under) << collateral << ' ' << debt;
  }
  // Where nobody doubts, fair health is health, bit for bit.
  judged_world w(trust::ok, trust::ours_bad, trust::ok);
  w.feeds[0].reference.price = 0.7;
  w.run();
  EXPECT_EQ(health_factor(at_real_prices(w.j, w.look(), w.liquidation()), w.look().prices),
            health_factor(w.liquidation(), w.look().prices));
  EXPECT_FALSE(misvalued(w.j, w.look(), w.liquidation()).over);
}

}  // namespace
