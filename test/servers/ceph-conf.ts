/** Settings of a Ceph cluster of one, in memory, that starts as fast as it can. */
export interface CephPorts { readonly monitorV1: number; readonly monitorV2: number; readonly gateway: number }

const MEMORY_BYTES = 1024 * 1024 * 1024;

export const cephConf = (folder: string, fsid: string, ports: CephPorts): string => `
[global]
fsid = ${fsid}
mon host = [v2:127.0.0.1:${ports.monitorV2},v1:127.0.0.1:${ports.monitorV1}]
public network = 127.0.0.0/8
ms bind ipv6 = false
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
auth allow insecure global id reclaim = true
keyring = ${folder}/keyring
run dir = ${folder}/out
log file = ${folder}/out/$name.log
admin socket = ${folder}/out/$name.asok
pid file = ${folder}/out/$name.pid

mon allow pool size one = true
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon max pg per osd = 1000

# Each of the gateway's pools is one more change of the map: by default these wait for each other a second long.
paxos propose interval = 0.01
paxos min wait = 0.01
# A gateway that was killed counts as a listener, whose answer others await, until it has missed this many seconds.
osd client watch timeout = 2
objecter tick interval = 0.5

[mon]
mon data = ${folder}/mon
mon cluster log file = ${folder}/out/cluster.log

[osd]
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = ${MEMORY_BYTES}
osd class load list = *
osd class default list = *

[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:${ports.gateway}
rgw enable usage log = false
rgw enable gc threads = false
rgw enable lc threads = false
rgw thread pool size = 32
rgw num rados handles = 1
`;
