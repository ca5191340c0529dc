import * as pulumi from "@pulumi/pulumi";
import * as fastpix from "pulumi-fastpix";

const concert = new fastpix.LiveStream("concert", {
    accessPolicy: fastpix.AccessPolicy.Private,
    metadata: {
        show: "42",
    },
});
const partner = new fastpix.LivePlaybackId("partner", {
    streamId: concert.id,
    accessRestrictions: {
        domains: {
            defaultPolicy: fastpix.DefaultPolicy.Deny,
            allow: ["partner.example"],
        },
    },
}, {
    deletedWith: concert,
});
export const streamKey = concert.streamKey;
export const watchAsCrew = concert.hlsUrl;
export const watchAtPartner = partner.hlsUrl;
