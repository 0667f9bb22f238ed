"""What happens to the gateways and to their database, at random; the same seed gives the same row of troubles to each."""

import random
import threading
import time

GATEWAY = {"kill": 45, "freeze": 35, "freeze and kill": 20}
DATABASE = {"kill": 50, "stop at once": 50}


class Trouble:
    def __init__(self, replicas, postgres, seed, tell):
        self.replicas = replicas
        self.postgres = postgres
        self.seed = seed
        self.tell = tell
        self.counts = {}

    def make(self, over):
        """Makes trouble for each by itself until it is over."""
        makers = [
            threading.Thread(target=self.gateway, args=(number, replica, over), daemon=True)
            for number, replica in enumerate(self.replicas, 1)
        ]
        makers.append(threading.Thread(target=self.database, args=(over,), daemon=True))
        for maker in makers:
            maker.start()
        for maker in makers:
            maker.join()

    def choose(self, dice, sorts, whom):
        sort = dice.choices(list(sorts), weights=sorts.values())[0]
        what = f"{sort}: {whom}"
        self.counts[what] = self.counts.get(what, 0) + 1
        self.tell(what)
        return sort

    def gateway(self, number, replica, over):
        dice = random.Random(f"{self.seed} gateway {number}")
        while not over.wait(dice.uniform(3, 10)):
            sort = self.choose(dice, GATEWAY, f"gateway {number}")
            pause = dice.uniform(0, 4) if sort != "freeze" else dice.uniform(1, 25)
            if sort != "kill":
                replica.freeze()
                over.wait(pause)
            if sort == "freeze":
                replica.thaw()
            else:
                replica.kill()

    def database(self, over):
        dice = random.Random(f"{self.seed} database")
        while not over.wait(dice.uniform(8, 30)):
            if self.choose(dice, DATABASE, "database") == "kill":
                self.postgres.kill()
            else:
                self.postgres.stop_at_once()
            over.wait(dice.uniform(0, 4))
            self.postgres.start()

    def watch(self, over):
        """Starts whatever has ended, as a service manager would."""
        while not over.is_set():
            for replica in self.replicas:
                replica.start_unwatched()
            time.sleep(0.3)
