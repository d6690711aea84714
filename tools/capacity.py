#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How much room a mesh takes, from figures that were measured (docs/scaling.md says how).

    tools/capacity.py --products 100000 --versions 5 --descriptor-kb 4.4

Linear in products and versions, and in the size of a descriptor where that is what is stored.
"""

import argparse
from dataclasses import dataclass

KB = 1000.0
GB = 1e9

# Measured with descriptors of 4.4 KB (YAML or JSON, all documents of a product together).
MEASURED_DESCRIPTOR_KB = 4.4
# etcd, for each product: heads, claims of ids, what etcd adds to each key; and for each version: its record and head.
ETCD_PRODUCT_KB = 1.5
ETCD_VERSION_KB = 3.2
# A node: rows for each product, those that a version adds to the history, its documents in the indexes.
STORE_PRODUCT_KB = 1.8
STORE_VERSION_KB = 3.2
TEXT_PRODUCT_KB = 3.4
LINEAGE_PRODUCT_KB = 0.8
# Resident when idle: of the node, and for each product (graph, names, cached rows).
MEMORY_NODE_MB = 70.0
MEMORY_PRODUCT_KB = 2.7
# Processor time of a new node for each product: fold, both indexes.
BOOTSTRAP_PRODUCT_MS = 0.41
# Of etcd's quota, what is left free for the versions between two compactions and for fragmentation.
ETCD_HEADROOM = 0.3


@dataclass(frozen=True)
class Mesh:
    products: int
    versions: float = 1.0  # kept of each product, the present one included
    descriptor_kb: float = MEASURED_DESCRIPTOR_KB


@dataclass(frozen=True)
class Capacity:
    etcd_gb: float  # on each member
    quota_gb: float  # that etcd should be given
    store_gb: float  # on each node, as the two below
    text_gb: float
    lineage_gb: float
    memory_gb: float
    bootstrap_s: float  # of a new node, on one core


def capacity(mesh):
    """
    >>> small = capacity(Mesh(20_000))
    >>> round(small.etcd_gb, 3), round(small.store_gb, 3), round(small.text_gb, 3)
    (0.094, 0.1, 0.068)
    >>> twice = capacity(Mesh(40_000))
    >>> round(twice.etcd_gb / small.etcd_gb, 6)
    2.0
    >>> capacity(Mesh(20_000, versions=5)).etcd_gb > 3 * small.etcd_gb
    True
    """
    size = mesh.descriptor_kb / MEASURED_DESCRIPTOR_KB
    of_products = mesh.products * KB / GB

    def stored(product_kb, version_kb):
        return of_products * (product_kb + version_kb * size * mesh.versions)

    etcd_gb = stored(ETCD_PRODUCT_KB, ETCD_VERSION_KB)
    return Capacity(
        etcd_gb=etcd_gb,
        quota_gb=etcd_gb / (1 - ETCD_HEADROOM),
        store_gb=stored(STORE_PRODUCT_KB, STORE_VERSION_KB),
        text_gb=of_products * TEXT_PRODUCT_KB * size,
        lineage_gb=of_products * LINEAGE_PRODUCT_KB * size,
        memory_gb=MEMORY_NODE_MB / KB + of_products * MEMORY_PRODUCT_KB * size,
        bootstrap_s=mesh.products * BOOTSTRAP_PRODUCT_MS * size / 1000,
    )


def main():
    parser = argparse.ArgumentParser(description="How much room a mesh takes.")
    parser.add_argument("--products", type=int, required=True)
    parser.add_argument("--versions", type=float, default=1.0, help="kept of each product (1)")
    parser.add_argument("--descriptor-kb", type=float, default=MEASURED_DESCRIPTOR_KB, help="of a product (4.4)")
    given = parser.parse_args()
    if given.products < 1 or given.versions < 1 or given.descriptor_kb <= 0:
        parser.error("products and versions are at least 1, a descriptor has some bytes")
    room = capacity(Mesh(given.products, given.versions, given.descriptor_kb))
    print(f"etcd, each member     {room.etcd_gb:10.2f} GB   quota at least {room.quota_gb:.2f} GB")
    print(f"store, each node      {room.store_gb:10.2f} GB")
    print(f"text index            {room.text_gb:10.2f} GB")
    print(f"lineage               {room.lineage_gb:10.2f} GB")
    print(f"memory, idle          {room.memory_gb:10.2f} GB")
    print(f"bootstrap             {room.bootstrap_s:10.0f} s    of one core")


if __name__ == "__main__":
    main()
