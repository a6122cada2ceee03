// breaks: only-mdns-knows-multicast-dns
import createMulticastDns from 'multicast-dns'

export const spoken = createMulticastDns
